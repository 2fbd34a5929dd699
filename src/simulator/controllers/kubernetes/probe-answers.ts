/**
 * What a probe hears of a container: nothing is asked, it is told from what the container is known to be. Of a program that
 * nobody knows a probe hears what it wants to hear, once it has come up. Words: k8s.io/kubernetes/pkg/probe, Go's net, coreutils and busybox.
 */

import { isScript, listensAfter, listensOn, programOf } from './listening.ts';
import type { Container } from './shapes.ts';

export interface Probe {
  exec?: { command?: string[] };
  httpGet?: {
    host?: string;
    httpHeaders?: { name: string; value: string }[];
    path?: string;
    port: number | string;
    scheme?: string;
  };
  tcpSocket?: { host?: string; port: number | string };
  grpc?: { port: number };
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
  successThreshold?: number;
  terminationGracePeriodSeconds?: number;
}

/** What went wrong; `isError`: there was no answer at all, and it counts for nothing. */
export interface Failure {
  words: string;
  isError?: boolean;
}

/** The answer of a container `ms` after it began, at an address: undefined where all is well. */
export function answerOf(container: Container, probe: Probe, ms: number, address: string): Failure | undefined {
  const { exec, httpGet, tcpSocket, grpc, timeoutSeconds = 1 } = probe;
  if (exec) return executed(exec.command ?? [], container, ms, timeoutSeconds);
  const port = portOf(httpGet?.port ?? tcpSocket?.port ?? grpc?.port, container);
  if (typeof port === 'string')
    return { words: `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`, isError: true };
  const host = httpGet?.host ?? tcpSocket?.host ?? address;
  const isOpen = ms >= listensAfter(container) && (listensOn(container)?.includes(port) ?? true);
  const refused = `dial tcp ${host}:${port}: connect: connection refused`;
  if (httpGet) {
    const { scheme = 'HTTP', path = '/' } = httpGet;
    const url = `${scheme.toLowerCase()}://${host}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
    if (!isOpen) return { words: `Get "${url}": ${refused}` };
    if (!listensOn(container)) return undefined;
    if (scheme === 'HTTPS' && port !== 443)
      return { words: `Get "${url}": http: server gave HTTP response to HTTPS client` };
    const code = statusOf(container, path);
    return code < 400 ? undefined : { words: `HTTP probe failed with statuscode: ${code}` };
  }
  if (isOpen) return undefined;
  if (grpc)
    return {
      words: `timeout: failed to connect service "${host}:${port}" within ${timeoutSeconds}s: context deadline exceeded`,
    };
  return { words: refused };
}

/** As what a server is asked for a page, `10.3.0.7:80`: what the probe says itself, or where it asks. */
export function hostOf(container: Container, { httpGet }: Probe, address: string): string {
  const { host = address, port, httpHeaders = [] } = httpGet ?? {};
  const own = httpHeaders.find(({ name }) => name.toLowerCase() === 'host');
  return own?.value ?? `${host}:${portOf(port, container)}`;
}

/** A port by its number, or by its name among the container's; the name itself where nobody bears it. */
function portOf(port: number | string | undefined, { ports }: Container): number | string {
  if (typeof port !== 'string') return port ?? 0;
  const named = ((ports ?? []) as { name?: string; containerPort: number }[]).find(({ name }) => name === port);
  return named?.containerPort ?? (/^\d+$/.test(port) ? Number(port) : port);
}

/** A web server with nothing in it but its own welcome. */
function statusOf({ image, volumeMounts = [] }: Container, path: string): number {
  if (!/^(nginx|httpd)/.test(programOf(image))) return 200;
  const isFilled = volumeMounts.some(({ mountPath }) => /html|htdocs|www/.test(mountPath));
  return isFilled || /^\/?(index\.html|50x\.html)?([?#].*)?$/.test(path) ? 200 : 404;
}

function executed(command: readonly string[], container: Container, ms: number, timeout: number): Failure | undefined {
  const shell = /(^|\/)(ba|da|a)?sh$/.test(command[0] ?? '') && /^-\w*c$/.test(command[1] ?? '');
  const script = shell ? (command[2] ?? '') : command.join(' ');
  let slept = 0;
  let said = '';
  const lines = script.split(/;|&&|\n/).map((line) => line.trim());
  for (const [at, line] of lines.entries()) {
    const [first = '', ...rest] = line.split(/\s+/);
    const name = first.replace(/^.*\//, '');
    if (name === 'sleep') slept += Number(/^\d+(\.\d+)?/.exec(rest[0] ?? '')?.[0] ?? 0);
    if (slept >= timeout)
      return { words: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeout}s` };
    if (name === 'exit') return Number(rest[0] ?? 0) === 0 ? undefined : { words: said };
    if (name === 'echo') said += `${rest.join(' ').replace(/["']/g, '')}\n`;
    const failure = name === 'false' ? '' : fails(name, rest, container, ms);
    // Only the last one of a line of a shell counts, or one that the next waits for.
    const counts = at === lines.length - 1 || script.includes('&&');
    if (failure !== undefined && counts) return { words: said + failure };
  }
  return undefined;
}

/** What a program prints that fails; undefined where it does well. */
function fails(name: string, rest: readonly string[], container: Container, ms: number): string | undefined {
  const isSmall = /busybox|alpine/.test(container.image);
  const path = rest.filter((word) => word.startsWith('/')).at(-1);
  if (['cat', 'ls', 'stat', 'test', '['].includes(name) && path && !hasFile(container, path, ms)) {
    if (name === 'cat')
      return isSmall
        ? `cat: can't open '${path}': No such file or directory\n`
        : `cat: ${path}: No such file or directory\n`;
    if (name === 'ls')
      return isSmall
        ? `ls: ${path}: No such file or directory\n`
        : `ls: cannot access '${path}': No such file or directory\n`;
    return name === 'stat' ? `stat: cannot stat '${path}': No such file or directory\n` : '';
  }
  if (!['curl', 'wget', 'nc'].includes(name)) return undefined;
  const asked = /(?:localhost|127\.0\.0\.1)(?::| )?(\d+)?/.exec(rest.join(' '));
  const port = Number(asked?.[1] ?? 80);
  const isUp = ms >= listensAfter(container) && (listensOn(container)?.includes(port) ?? true);
  if (!asked || isUp) return undefined;
  if (name === 'curl')
    return `curl: (7) Failed to connect to localhost port ${port} after 0 ms: Could not connect to server\n`;
  return name === 'wget' ? "wget: can't connect to remote host (127.0.0.1): Connection refused\n" : '';
}

/** Whether a file is there `ms` after a container began: what its script made or took away, what is mounted, what every image has. */
function hasFile(container: Container, path: string, ms: number): boolean {
  let has: boolean | undefined;
  let at = 0;
  for (const line of [...(container.command ?? []), ...(container.args ?? [])].join(' ').split(/;|&&|\n/)) {
    const words = line.trim().split(/\s+/);
    if (at > ms) break;
    const sleep = words.indexOf('sleep');
    if (sleep >= 0) at += Number.parseInt(words[sleep + 1] ?? '0', 10) * 1000;
    if (words.includes(path)) has = !/\brm\b/.test(line);
  }
  if (has !== undefined) return has;
  const mounted = (container.volumeMounts ?? []).some(
    ({ mountPath }) => path.startsWith(mountPath) && !/^\/tmp/.test(path),
  );
  return mounted || /^\/(etc|bin|usr|proc|sys|dev|var)\b/.test(path) || !(isScript(container) || listensOn(container));
}
