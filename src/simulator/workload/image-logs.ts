/**
 * What the containers that an operator makes have written: what their command prints, and what well-known images say when
 * they begin and are asked. Of other programs nobody knows what they would say.
 */

import type { LogLine } from '../api/pod-logs.ts';
import { digest } from '../controllers/digest.ts';
import { lifeOf, notRun } from '../controllers/kubernetes/container-life.ts';
import { isScript, programOf } from '../controllers/kubernetes/listening.ts';
import { type Asked, answersOf } from '../controllers/kubernetes/probes.ts';
import type { Container, WorkPod } from '../controllers/kubernetes/shapes.ts';
import { micros, within } from './log-times.ts';

/** One run of a container: Unix time in ms; `until`: its end, or now. */
export interface ContainerRun {
  pod: WorkPod;
  container: Container;
  since: number;
  until: number;
  /** Whether it was told to end, and did: it says so. */
  bidden?: boolean | undefined;
  /** The version of the kubelet that asks its probes. */
  kubelet?: string | undefined;
  /** How many processors its Node has. */
  processors?: number | undefined;
}

/** So many lines of what never ends are kept. */
const most = 2000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Its lines, the oldest first. */
export function imageLog(run: ContainerRun): LogLine[] {
  const { container, since } = run;
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  const loop = /\bwhile\s+(?:true|:|\[\s*1\s*\]|sleep\s+[\d.]+)\s*;?\s*do\b([\s\S]*?)\bdone\b/.exec(words);
  if (loop) return repeated(run, loop[0], loop[1] ?? '');
  const { restartPolicy = 'Always' } = run.pod.spec;
  const { says, times = [] } = lifeOf(container, restartPolicy !== 'Always');
  if (says.length > 0 || isScript(container)) {
    return says.flatMap((text, index) => {
      const at = since + (times[index] ?? 0) + index;
      return at <= run.until + 1000 ? [{ at: Math.min(at, run.until), text: filled(text, run, at) }] : [];
    });
  }
  const program = programOf(container.image).replace(/-unprivileged$/, '');
  // A pause says nothing where it runs, either.
  if (program === 'pause') return [];
  return PROGRAMS[program]?.(run) ?? [{ at: since, text: notRun(words || container.image) }];
}

/** A loop of a shell prints again and again, with a rest between. */
function repeated(run: ContainerRun, whole: string, body: string): LogLine[] {
  const pause = Number(/\bsleep\s+([\d.]+)/.exec(whole)?.[1] ?? 1) * 1000;
  const lines = body.split(/;|&&|\n/).flatMap((line) => {
    const [, program, rest = ''] = /^\s*(echo|date|hostname)\b\s*(.*)$/.exec(line.trim()) ?? [];
    if (program === 'date') return ['$(date)'];
    if (program === 'hostname') return ['$(hostname)'];
    return program === 'echo' && !/>\s*\S/.test(rest)
      ? [rest.replace(/^-\w+\s+/, '').replace(/^(["'])(.*)\1$/, '$2')]
      : [];
  });
  if (lines.length === 0 || pause <= 0) return [];
  const turns = Math.floor((run.until - run.since) / pause) + 1;
  const first = Math.max(0, turns - Math.ceil(most / lines.length));
  return Array.from({ length: turns - first }, (_, index) => first + index).flatMap((turn) =>
    lines.map((line, at) => {
      const when = run.since + turn * pause + turn * 2 + at;
      return { at: when, text: filled(line, run, when, turn) };
    }),
  );
}

/** What a shell puts in the place of what it knows. */
function filled(text: string, { pod }: ContainerRun, at: number, turn = 0): string {
  const date = new Date(at);
  const two = (value: number, by = '0') => String(value).padStart(2, by);
  const clock = date.toISOString().slice(11, 19);
  const told = `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${two(date.getUTCDate(), ' ')} ${clock} UTC ${date.getUTCFullYear()}`;
  return text
    .replace(/\$\(date\)|`date`/g, told)
    .replace(/\$\(date \+%s\)/g, String(Math.floor(at / 1000)))
    .replace(/\$\(hostname\)|\$\{?HOSTNAME\}?/g, pod.metadata.name)
    .replace(/\$\(\(\s*\w+\s*\+\+\s*\)\)|\$\{?(i|n|count|counter)\}?\b/g, String(turn));
}

type Says = (run: ContainerRun) => LogLine[];

/** So long after the whole second a container is asked in, ms: its kubelet keeps a beat. */
const beatOf = ({ pod, container }: ContainerRun): number =>
  within(`${pod.metadata.uid}/${container.name}/asked`) % 400;

/** When a run ends, behind the last question that it was asked: of its end only the second is told. */
const endOf = ({ pod, until }: ContainerRun): number =>
  until + 450 + (within(`${pod.metadata.uid}/${until}/ends`) % 250);

/** The last lines of a run that was told to end. */
const parting = (run: ContainerRun, lines: readonly string[]): LogLine[] =>
  run.bidden
    ? lines.map((text, place) => ({ at: Math.min(endOf(run) + Math.floor(place / 3), run.until + 990), text }))
    : [];

/** Lines that come one after the other, a few ms apart. */
const following = (since: number, lines: readonly string[]): LogLine[] =>
  lines.map((text, at) => ({ at: since + at * 3, text }));

/** The last version of each branch, the newest branch first: a tag that names a branch alone is that one. */
const VERSIONS = {
  nginx: '1.29.3 1.28.0 1.27.5 1.26.3 1.25.5 1.24.0 1.23.4 1.22.1 1.21.6 1.20.2 1.19.10 1.18.0 1.17.10 1.16.1'.split(
    ' ',
  ),
  httpd: ['2.4.65', '2.2.34'],
  redis: '8.2.2 8.0.4 7.4.6 7.2.11 7.0.15 6.2.20 6.0.20 5.0.14'.split(' '),
} as const;

function versionOf({ image }: Container, program: keyof typeof VERSIONS): string {
  const known: readonly string[] = VERSIONS[program];
  const tag = /:([\w.]+)/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1] ?? '';
  // Odd branches of nginx are those that go on.
  if (program === 'nginx' && tag === 'stable') return known[1]!;
  const version = /^\d+(?:\.\d+)*/.exec(tag)?.[0];
  if (!version) return known[0]!;
  if (version.split('.').length >= 3) return version;
  const last = known.find((one) => one.startsWith(`${version}.`));
  return last ?? `${version}${version.includes('.') ? '' : '.0'}.0`;
}

const nginx: Says = (run) => {
  const { container, since } = run;
  const small = /alpine/.test(container.image);
  const entry = '/docker-entrypoint.sh:';
  const stampOf = (at: number) => new Date(at).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
  const stamp = stampOf(since + 60);
  const notice = (text: string) => `${stamp} [notice] 1#1: ${text}`;
  const last = (who: number, text: string) => `${stampOf(endOf(run))} [notice] ${who}#${who}: ${text}`;
  const numbers = Array.from({ length: run.processors ?? 16 }, (_, at) => (small ? 30 : 29) + at);
  const workers = numbers.map((number) => notice(`start worker process ${number}`));
  const begun = following(since, [
    `${entry} /docker-entrypoint.d/ is not empty, will attempt to perform configuration`,
    `${entry} Looking for shell scripts in /docker-entrypoint.d/`,
    `${entry} Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`,
    '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
    '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
    `${entry} Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`,
    `${entry} Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`,
    `${entry} Launching /docker-entrypoint.d/30-tune-worker-processes.sh`,
    `${entry} Configuration complete; ready for start up`,
    notice('using the "epoll" event method'),
    notice(`nginx/${versionOf(container, 'nginx')}`),
    notice(small ? 'built by gcc 14.2.0 (Alpine 14.2.0) ' : 'built by gcc 12.2.0 (Debian 12.2.0-14+deb12u1) '),
    notice('OS: Linux 6.4.0-150600.23.47-default'),
    notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576'),
    notice('start worker processes'),
    ...workers,
  ]);
  return [
    ...begun,
    ...asked(run, `"-" "kube-probe/${/^v?(\d+\.\d+)/.exec(run.kubelet ?? '')?.[1] ?? '1.33'}" "-"`, 615, (question) => {
      const { number, path = '/', host } = question;
      const worker =
        numbers[Number.parseInt(digest(`${run.pod.metadata.uid}/${number}`).slice(0, 8), 16) % numbers.length];
      const file = `"/usr/share/nginx/html${path.replace(/[?#].*$/, '')}`;
      const why = file.endsWith('/') ? `${file}index.html" is not found` : `open() ${file}" failed`;
      const about = `client: ${run.pod.status?.hostIP}, server: localhost, request: "GET ${path} HTTP/1.1", host: "${host}"`;
      return `${stampOf(question.at)} [error] ${worker}#${worker}: *${number} ${why} (2: No such file or directory), ${about}`;
    }),
    ...parting(run, [
      last(1, 'signal 3 (SIGQUIT) received, shutting down'),
      ...numbers.map((number) => last(number, 'gracefully shutting down')),
      ...numbers.flatMap((number) => [last(number, 'exiting'), last(number, 'exit')]),
      ...numbers.flatMap((number) => [
        last(1, `signal 17 (SIGCHLD) received from ${number}`),
        last(1, `worker process ${number} exited with code 0`),
      ]),
      last(1, 'exit'),
    ]),
  ];
};

/** What a web server writes of each probe; `lacks`: what it says before that of a page that it has not. */
function asked(run: ContainerRun, ending: string, size: number, lacks?: (question: Asked) => string): LogLine[] {
  const { pod, container, since, until } = run;
  const { hostIP, podIP = '', startTime } = pod.status ?? {};
  const times = { since: Date.parse(startTime ?? '') || since, startedAt: since, address: podIP };
  return answersOf(container, times, until, most).flatMap((question) => {
    const { path, words } = question;
    if (path === undefined || (words !== undefined && !words.startsWith('HTTP probe'))) return [];
    const at = question.at + beatOf(run);
    const code = Number(/\d+$/.exec(words ?? '200')?.[0]);
    const iso = new Date(at).toISOString();
    const date = `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
    const text =
      `${hostIP} - - [${date}] "GET ${path} HTTP/1.1" ${code} ${code === 200 ? size : 153} ${ending}`.trimEnd();
    return [...(code === 404 && lacks ? [{ at, text: lacks({ ...question, at }) }] : []), { at, text }];
  });
}

const httpd: Says = (run) => {
  const { container, since, pod } = run;
  const stamp = (time: number) => {
    const date = new Date(time);
    const day = `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${date.toISOString().slice(8, 10)}`;
    return `${day} ${micros(time, 'httpd').slice(11)} ${date.getUTCFullYear()}`;
  };
  const at = stamp(since);
  const end = `[${stamp(endOf(run))}] [mpm_event:notice] [pid 1:tid 1] AH00492: caught SIGWINCH, shutting down gracefully`;
  const name = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${pod.status?.podIP}. Set the 'ServerName' directive globally to suppress this message`;
  const begun = following(since, [
    ...[name, name],
    `[${at}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${versionOf(container, 'httpd')} (Unix) configured -- resuming normal operations`,
    `[${at}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`,
  ]);
  return [...begun, ...asked(run, '', 45), ...parting(run, [end])];
};

const redis: Says = (run) => {
  const { container, since } = run;
  const stampOf = (at: number) => {
    const iso = new Date(at).toISOString();
    return `${iso.slice(8, 10)} ${months[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`;
  };
  const stamp = stampOf(since);
  const end = stampOf(endOf(run));
  const begun = following(since, [
    `1:C ${stamp} * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo`,
    `1:C ${stamp} * Redis version=${versionOf(container, 'redis')}, bits=64, commit=00000000, modified=1, pid=1, just started`,
    `1:C ${stamp} # Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf`,
    `1:M ${stamp} * monotonic clock: POSIX clock_gettime`,
    `1:M ${stamp} * Running mode=standalone, port=6379.`,
    `1:M ${stamp} * Server initialized`,
    `1:M ${stamp} * Ready to accept connections tcp`,
  ]);
  return [
    ...begun,
    ...parting(run, [
      `1:signal-handler (${Math.floor(run.until / 1000)}) Received SIGTERM scheduling shutdown...`,
      `1:M ${end} * User requested shutdown...`,
      `1:M ${end} * Saving the final RDB snapshot before exiting.`,
      `1:M ${end} * DB saved on disk`,
      `1:M ${end} # Redis is now ready to exit, bye bye...`,
    ]),
  ];
};

/** The last of each major version that a tag names alone: since 10 they have two numbers. */
const POSTGRES: Readonly<Record<string, number>> = { 13: 23, 14: 20, 15: 15, 16: 11, 17: 7, 18: 1 };

function postgresVersion({ image }: Container): string {
  const [, major = '18', minor] = /:(\d+)(?:\.(\d+))?/.exec(image) ?? [];
  return `${major}.${minor ?? POSTGRES[major] ?? 1}`;
}

const postgres: Says = (run) => {
  const { container, since } = run;
  const stampOf = (at: number) => new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
  const stamp = stampOf(since + 900);
  const end = `${stampOf(endOf(run))} [1] LOG: `;
  const begun = following(since, [
    'The files belonging to this database system will be owned by user "postgres".',
    'This user must also own the server process.',
    '',
    'PostgreSQL init process complete; ready for start up.',
    '',
    `${stamp} [1] LOG:  starting PostgreSQL ${postgresVersion(container)} (Debian ${postgresVersion(container)}-1.pgdg13+1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit`,
    `${stamp} [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432`,
    `${stamp} [1] LOG:  listening on IPv6 address "::", port 5432`,
    `${stamp} [1] LOG:  listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"`,
    `${stamp} [1] LOG:  database system is ready to accept connections`,
  ]);
  return [
    ...begun,
    ...parting(run, [
      `${end} received fast shutdown request`,
      `${end} aborting any active transactions`,
      `${end} background worker "logical replication launcher" (PID 67) exited with exit code 1`,
      `${end.replace('[1]', '[62]')} shutting down`,
      `${end} database system is shut down`,
    ]),
  ];
};

const PROGRAMS: Readonly<Record<string, Says>> = { nginx, httpd, redis, postgres };
