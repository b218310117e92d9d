import { createHash, timingSafeEqual } from 'node:crypto'
import { ProblemError } from '../problem-error.ts'
import type { AnsweredRequest } from './answered-requests.ts'
import type { BudgetCounts } from './budgets.ts'
import type { MountRoutes } from './mounted-routes.ts'

/** Upper bounds of the histogram's buckets, in seconds. */
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
const mediaType = 'text/plain; version=0.0.4; charset=utf-8'

/** Counts answers and shows them, with what the process uses, to Prometheus. */
export type Metrics = {
  onAnswered(answered: AnsweredRequest): void
  /** `GET /metrics`, for a collector's `routes`. */
  routes: MountRoutes
}

/**
 * Metrics of one collector. Labels are methods, route patterns and statuses: their number is bounded, and nothing that
 * a sender chose is among them.
 *
 * @param token what `GET /metrics` asks for as `Authorization: Bearer`; without one it answers everybody
 */
export function createMetrics(token?: string): Metrics {
  const answers = new Map<string, number>()
  const durations = new Map<string, { buckets: number[]; count: number; sum: number }>()

  return {
    onAnswered({ method, route, status, durationMs }) {
      const answer = labels({ method, route, status })
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      const seconds = durationMs / 1000
      const duration = durations.get(labels({ method, route })) ?? { buckets: [], count: 0, sum: 0 }
      durationBuckets.forEach((bound, index) => {
        duration.buckets[index] = (duration.buckets[index] ?? 0) + (seconds <= bound ? 1 : 0)
      })
      duration.count++
      duration.sum += seconds
      durations.set(labels({ method, route }), duration)
    },
    routes(app, { bodies, budgets }) {
      app.get('/metrics', ({ req, body }) => {
        if (token !== undefined && !isSame(req.header('authorization'), `Bearer ${token}`)) {
          throw new ProblemError(
            'unauthorized',
            'Send the token of --metrics-token as `Authorization: Bearer <token>`.',
          )
        }
        const lines = [
          ...answerLines(answers),
          ...durationLines(durations),
          ...bodyLines(bodies()),
          ...budgetLines(budgets()),
          ...processLines(),
        ]
        return body(`${lines.join('\n')}\n`, 200, { 'content-type': mediaType, 'cache-control': 'no-store' })
      })
    },
  }
}

function labels(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${JSON.stringify(String(value))}`)
    .join(',')
}

function answerLines(answers: Map<string, number>): string[] {
  return [
    ...heading('chatlog_requests_total', 'counter', 'Requests that were answered.'),
    ...[...answers].map(([answer, count]) => `chatlog_requests_total{${answer}} ${count}`),
  ]
}

function durationLines(durations: Map<string, { buckets: number[]; count: number; sum: number }>): string[] {
  const name = 'chatlog_request_duration_seconds'
  return [
    ...heading(name, 'histogram', 'Seconds from a request’s head to the head of its answer.'),
    ...[...durations].flatMap(([labels, { buckets, count, sum }]) => [
      ...durationBuckets.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${buckets[index]}`),
      `${name}_bucket{${labels},le="+Inf"} ${count}`,
      `${name}_sum{${labels}} ${sum}`,
      `${name}_count{${labels}} ${count}`,
    ]),
  ]
}

function bodyLines({ heldBytes, waiting }: { heldBytes: number; waiting: number }): string[] {
  return [
    ...gauge('chatlog_body_bytes', 'Bytes of request bodies in memory, as they came.', heldBytes),
    ...gauge('chatlog_bodies_waiting', 'Bodies that wait for others to be stored.', waiting),
  ]
}

function budgetLines({ bytes, conversations, refused, over }: BudgetCounts): string[] {
  const counter = (name: string, help: string, value: number) => [...heading(name, 'counter', help), `${name} ${value}`]
  return [
    ...counter('chatlog_stored_body_bytes_total', 'Bytes of bodies that were stored, inflated.', bytes),
    ...counter('chatlog_new_conversations_total', 'Conversations that were new.', conversations),
    ...counter('chatlog_refused_bodies_total', 'Bodies that were refused.', refused),
    ...counter('chatlog_over_budget_total', 'Requests of keys and addresses that had spent their day’s budget.', over),
  ]
}

function processLines(): string[] {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    ...heading('process_cpu_seconds_total', 'counter', 'Seconds of processor time.'),
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    ...gauge('process_resident_memory_bytes', 'Resident memory.', rss),
    ...gauge('nodejs_heap_size_used_bytes', 'JavaScript’s heap in use.', heapUsed),
    ...gauge('process_start_time_seconds', 'Start, in seconds since 1970.', Date.now() / 1000 - process.uptime()),
  ]
}

function gauge(name: string, help: string, value: number): string[] {
  return [...heading(name, 'gauge', help), `${name} ${value}`]
}

function heading(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

/** Whether two texts are the same, told in a time that says nothing about where they differ. */
function isSame(given: string | undefined, wanted: string): boolean {
  const hashOf = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hashOf(given ?? ''), hashOf(wanted))
}
