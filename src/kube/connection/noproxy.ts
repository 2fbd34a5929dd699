import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Whether `NO_PROXY` (or `localhost` and loopback, which never use a proxy) keeps a request from the proxy. The rules
 * are those of Go's `golang.org/x/net/http/httpproxy`, which kubectl uses:
 * `*` matches all; an entry is an IP, a CIDR range, or a domain; `example.org` matches itself and what is below it,
 * `.example.org` and `*.example.org` only what is below it; an IP or a domain may end in `:port`.
 * @param host name or IP of the server, an IPv6 address with or without brackets
 * @param port of the server
 */
export function bypassesProxy(noProxy: string, host: string, port: number): boolean {
  const name = unbracketed(host.toLowerCase());
  if (name === 'localhost' || isLoopback(name)) return true;
  const entries = noProxy.split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== '' && matches(entry, name, port));
}

/** Whether an address is one of this host itself. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inRange(entry, host);
  const [pattern, entryPort] = splitPort(entry);
  if (entryPort !== undefined && entryPort !== String(port)) return false;
  if (isIP(pattern)) return inRange(`${pattern}/${isIPv6(pattern) ? 128 : 32}`, host);
  if (isIP(host)) return false;
  const domain = pattern.startsWith('*.') ? pattern.slice(1) : pattern;
  if (domain === '' || domain === '.') return false;
  if (domain.startsWith('.')) return host.endsWith(domain);
  return host === domain || host.endsWith(`.${domain}`);
}

function inRange(range: string, host: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const family = isIP(base);
  const hostFamily = isIP(host);
  if (!family || !hostFamily || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, hostFamily === 6 ? 'ipv6' : 'ipv4');
}

function splitPort(entry: string): [string, string | undefined] {
  if (isIPv6(entry)) return [entry, undefined];
  const found = /^(.*):(\d+)$/.exec(entry);
  return found ? [unbracketed(found[1] ?? ''), found[2]] : [unbracketed(entry), undefined];
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
