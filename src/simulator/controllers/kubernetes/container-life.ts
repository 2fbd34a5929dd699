/**
 * How long a container runs and how it ends, told from its command: nothing is executed. A program whose end its command
 * does not tell runs for good, but in what is meant to end, where it takes some seconds and ends well.
 */

import { digest } from '../digest.ts';
import { amount } from './quantity.ts';
import type { Container } from './shapes.ts';
import { SHELL, SHELLS } from './shells.ts';
import { startError } from './start-errors.ts';
import { heardAfter, withoutTraps } from './traps.ts';

export interface Life {
  /** How long it runs, ms; for good where left out. */
  ms?: number;
  exitCode: number;
  /** What it prints, and how long after its begin, ms, where that is known. */
  says: string[];
  times?: number[];
  /** Why it ends, where its code does not tell. */
  reason?: string;
}

const short = 1000;
const work = 6000;

/** Databases that do not begin without a password: what they look for, and what they say. */
const GUARDED: Readonly<Record<string, { env: RegExp; says: string[] }>> = {
  postgres: {
    env: /^(POSTGRES_(PASSWORD|HOST_AUTH_METHOD)|PGDATA)/,
    says: [
      'Error: Database is uninitialized and superuser password is not specified.',
      '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
      '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
    ],
  },
  mysql: {
    env: /^MYSQL_(ROOT_PASSWORD|ALLOW_EMPTY_PASSWORD|RANDOM_ROOT_PASSWORD)/,
    says: [
      '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified',
      '    You need to specify one of the following as an environment variable:',
      '    - MYSQL_ROOT_PASSWORD',
      '    - MYSQL_ALLOW_EMPTY_PASSWORD',
      '    - MYSQL_RANDOM_ROOT_PASSWORD',
    ],
  },
};

/** Whether it asks for more memory than it may have: `stress --vm-bytes 250M`. */
function takesTooMuch({ resources }: Container, words: readonly string[]): boolean {
  const [, bytes, unit = ''] = /--vm-bytes[= ](\d+)([KMG]?)/i.exec(words.join(' ')) ?? [];
  const limit = amount(resources?.limits?.['memory']);
  return bytes !== undefined && limit > 0 && amount(`${bytes}${unit ? `${unit.toUpperCase()}i` : ''}`) > limit;
}

function refusal({ image, env = [], envFrom = [] }: Container): Life | undefined {
  const guard = GUARDED[/^(?:docker\.io\/)?(?:library\/)?(\w+)(?::|@|$)/.exec(image)?.[1] ?? ''];
  if (!guard || (envFrom as unknown[]).length > 0) return undefined;
  if ((env as { name: string }[]).some(({ name }) => guard.env.test(name))) return undefined;
  return { ms: short, exitCode: 1, says: guard.says };
}

/** What becomes of a container. `ends`: whether it is part of what is meant to end. */
export function lifeOf(container: Container, ends: boolean): Life {
  const { image, command = [], args = [], stdin } = container;
  const hook = failedHook(container);
  if (hook !== undefined) {
    const end = endOf(container, 30_000, image);
    return { ms: hook.ms + end.ms, exitCode: end.exitCode, says: [] };
  }
  const words = [...command, ...args];
  if (takesTooMuch(container, words)) return { ms: short, exitCode: 137, says: [], reason: 'OOMKilled' };
  if (words.length === 0) {
    const refused = refusal(container);
    if (refused) return refused;
    if (SHELLS.test(image) && stdin !== true) return { ms: short / 2, exitCode: 0, says: [] };
    return ends ? { ms: work, exitCode: 0, says: [] } : { exitCode: 0, says: [] };
  }
  return commandLife(words, ends) ?? (ends ? { ms: work, exitCode: 0, says: [] } : { exitCode: 0, says: [] });
}

/** What becomes of a command with its arguments; undefined where they do not tell. `ends`: whether it is meant to end. */
export const commandLife = (words: readonly string[], ends: boolean): Life | undefined =>
  printedBy(words) ?? scripted(scriptOf(words), ends);

/** The line that a shell is given, or what is run without one. */
function scriptOf(words: readonly string[]): string {
  const shell = words.findIndex((word) => SHELL.test(word));
  return shell >= 0 && /^-\w*c$/.test(words[shell + 1] ?? '') ? (words[shell + 2] ?? '') : words.join(' ');
}

/** How a container takes the signal to end: after how long, ms, and with which code. What ignores it is killed after `grace`. */
export function endOf(container: Container, grace: number, key: string): { ms: number; exitCode: number } {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const [program = ''] = words;
  const killed = { ms: grace, exitCode: 137 };
  // The first process of a container is not ended by what it does not handle: a shell and sleep handle nothing.
  const isShell = SHELL.test(program) || (words.length === 0 && SHELLS.test(container.image));
  const last = words.at(-1) ?? '';
  const chance = Number.parseInt(digest(key).slice(0, 4), 16) / 0xffff;
  const heard = isShell ? heardAfter(last, chance) : 0;
  if (heard === undefined || /(^|\/)(sleep|tail|cat)$/.test(program)) return killed;
  const ms = heard + pausedBefore(container) + lamed(container) + 900 + chance * 1400;
  return ms >= grace ? killed : { ms, exitCode: 0 };
}

/** After how long, ms, the hook fails that runs when a container has begun, and with which code; undefined where there is none, or it goes well. */
export function failedHook(container: Container): { ms: number; exitCode: number } | undefined {
  const { postStart } = (container.lifecycle ?? {}) as { postStart?: { exec?: { command?: string[] } } };
  const words = postStart?.exec?.command ?? [];
  if (words.length === 0) return undefined;
  // What the image does not have cannot be begun in it, either.
  if (startError({ ...container, command: words, args: [] }) !== undefined) return { ms: 0, exitCode: 126 };
  const { ms, exitCode = 0 } = scripted(scriptOf(words), false) ?? {};
  return ms !== undefined && exitCode !== 0 ? { ms, exitCode } : undefined;
}

/** How long a program goes on answering after the signal, ms: CoreDNS, as kubeadm's Corefile asks of its plugin health. */
const lamed = ({ image }: Container): number => (/(^|\/)coredns(:|@|$)/.test(image) ? 5000 : 0);

/** How long a hook keeps the signal back, ms. */
function pausedBefore({ lifecycle }: Container): number {
  const { preStop } = (lifecycle ?? {}) as { preStop?: { sleep?: { seconds: number }; exec?: { command?: string[] } } };
  const told = preStop?.exec?.command?.join(' ').match(/\bsleep\s+(\d+)/)?.[1];
  return (preStop?.sleep?.seconds ?? Number(told ?? 0)) * 1000;
}

/**
 * What a line of a shell does; undefined where that cannot be told. A program that nobody knows takes its time in what is
 * meant to end, and elsewhere runs for good.
 */
function scripted(line: string, ends: boolean): Life | undefined {
  const script = unrolled(withoutTraps(line));
  if (/\b(while|until|for)\b/.test(script)) return undefined;
  const life = { ms: short / 2, exitCode: 0, says: [] as string[], times: [] as number[] };
  const print = (text: string) => {
    life.says.push(text);
    life.times.push(life.ms - short / 2);
  };
  for (const line of script.split(/;|&&|\n/).map((part) => part.trim())) {
    const [program = '', ...rest] = line.split(/\s+/);
    const name = program.replace(/^.*\//, '');
    if (name === 'sleep') {
      const seconds = sleepOf(rest[0] ?? '');
      if (seconds === undefined) return { exitCode: 0, says: life.says, times: life.times };
      life.ms += seconds * 1000;
    } else if (name === 'echo' && !/>/.test(line)) print(rest.join(' ').replace(/^(["'])(.*)\1$/, '$2'));
    else if (name === 'date') print(rest[0] === '+%s' ? '$(date +%s)' : '$(date)');
    else if (name === 'hostname') print('$(hostname)');
    else if (name === 'false') return { ...life, exitCode: 1 };
    else if (name === 'exit' && /^\d*$/.test(rest[0] ?? '')) return { ...life, exitCode: Number(rest[0] ?? 0) & 255 };
    else if (name === 'id') print('uid=0(root) gid=0(root) groups=0(root)');
    else if (name === 'uname')
      print(
        rest[0] === '-r' ? kernel : rest[0] === '-a' ? `Linux $(hostname) ${kernel} #1 SMP x86_64 GNU/Linux` : 'Linux',
      );
    else if (['env', 'ls', 'pwd', 'uptime', 'free', 'df', 'ps'].includes(name)) print(notRun(line));
    else if (!['', 'true', 'touch', 'rm', 'mkdir', 'cd', 'export', 'set'].includes(name)) {
      print(notRun(line));
      if (!ends) return life.says.length > 0 ? { exitCode: 0, says: life.says, times: life.times } : undefined;
      life.ms += work;
    }
  }
  return life;
}

/** What a container prints in the place of what is not run, so that nobody takes silence for the answer. */
export const notRun = (what: string): string => `sim: not run: ${what.length > 100 ? `${what.slice(0, 99)}…` : what}`;

/** So often a loop is gone through at most. */
const mostTurns = 50;

/** A line of a shell without its loops over words that stand there, or over a row of numbers. */
function unrolled(script: string): string {
  return script.replace(
    /\bfor\s+(\w+)\s+in\s+([^;\n]+?)\s*[;\n]\s*do\b([\s\S]*?)\bdone\b/g,
    (whole, name: string, list: string, body: string) => {
      const [, from, to] =
        /^(?:\$\(|`)seq\s+(?:(\d+)\s+)?(\d+)(?:\)|`)$/.exec(list) ?? /^\{(\d+)\.\.(\d+)\}$/.exec(list) ?? [];
      const first = Number(from ?? 1);
      const length = to === undefined ? 0 : Math.max(0, Math.min(mostTurns, Number(to) - first + 1));
      const words = to === undefined ? list.split(/\s+/) : Array.from({ length }, (_, at) => String(first + at));
      if (to === undefined && /[$`*?]/.test(list)) return whole;
      const variable = new RegExp(`\\$(?:${name}\\b|\\{${name}\\})`, 'g');
      return words
        .slice(0, mostTurns)
        .map((word) => body.replace(variable, word))
        .join(';');
    },
  );
}

const kernel = '6.4.0-150600.23.47-default';

/** What `python -c` or `node -e` print, where that stands in them. */
function printedBy(words: readonly string[]): Life | undefined {
  const [program = '', flag = '', code = ''] = words;
  const known = /(^|\/)(python[\d.]*|node|perl|ruby)$/.test(program) && /^-[ce]$/.test(flag);
  const [, quoted, number] =
    (known && /^\s*(?:print|puts|console\.log)\s*\(?\s*(?:["'](.*?)["']|(\d+))\s*\)?\s*;?\s*$/.exec(code)) || [];
  const says = quoted ?? number;
  return says === undefined ? undefined : { ms: short / 2, exitCode: 0, says: [says] };
}

function sleepOf(word: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+)([smhd]?)$/.exec(word) ?? [];
  const factor = { s: 1, m: 60, h: 3600, d: 86_400 }[unit || 's'] ?? 1;
  return number === undefined ? undefined : Number(number) * factor;
}
