/** A request as the page hands it over: its body as text, whatever it was. */
export interface PageRequest {
  /** Absolute, as the page meant it. */
  url: string
  headers: Record<string, string>
  body: string
  /** The page doesn't know its address for an endpoint: it was recognised as chatlog's by its content. */
  isUnnamed?: boolean
}

/** What the page gets for it; `null` where the connection broke. */
export type PageAnswer = { status: number; headers: Record<string, string>; body: string } | null
