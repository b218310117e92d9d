import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

const privateAddresses = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  privateAddresses.addSubnet(network, prefix)
}
privateAddresses.addAddress('::1', 'ipv6')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')

/**
 * A sender's address; `undefined` where it isn't known for sure. A proxy's own address would stand for everybody behind
 * it, and one sender could spend what all of them have.
 *
 * @param header the header in which the operator's own proxy says it; its last entry is the one that this proxy added
 */
export function senderAddress(incoming: IncomingMessage, header: string | undefined): string | undefined {
  if (header !== undefined) {
    const given = [incoming.headers[header.toLowerCase()] ?? ''].flat().join(',').split(',').at(-1)?.trim() ?? ''
    return isIP(given) ? given : undefined
  }
  const address = incoming.socket?.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  const version = isIP(address)
  if (version === 0 || privateAddresses.check(address, version === 4 ? 'ipv4' : 'ipv6')) return undefined
  return address
}
