/**
 * The containers that make an ISO and hand it out: elemental that fetches what it is made from, xorriso that packs it, and the
 * small server of its file, which says nothing of who asks it. Source: the lines of elemental-toolkit 2, xorriso 1.5 and
 * elemental-operator/utils/httpfy.
 */

import type { LogLine } from '../../api/pod-logs.ts';
import { isRecord } from '../../api/types.ts';
import { baseImageAnnotation, outputOf } from '../../controllers/elemental/seedimage-objects.ts';
import type { ConfigMap } from '../../controllers/shapes/core.ts';
import { all, chance, type Run, records, type Teller } from './run.ts';

/** How logrus writes a line for people, with its colours: elemental forces them, whoever reads. */
function logrus(at: number, message: string, level: 'INFO' | 'ERRO' = 'INFO'): LogLine {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return { at, text: `\u001B[${level === 'INFO' ? 36 : 31}m${level}\u001B[0m[${time}] ${message.padEnd(44)} ` };
}

/** What a container is called with, as one text. */
function wordsOf({ question: { pod, container } }: Run): string {
  const named = [...records(pod.spec?.['initContainers']), ...records(pod.spec?.['containers'])];
  const args = named.find(({ name }) => name === container)?.['args'];
  return Array.isArray(args) ? args.join(' ') : '';
}

/** The exit code of the run; undefined where it has not ended. */
function exitOf({ question: { pod, container } }: Run): number | undefined {
  const told = [...records(pod.status?.['initContainerStatuses']), ...records(pod.status?.['containerStatuses'])];
  const state = told.find(({ name }) => name === container)?.['state'];
  const ended = isRecord(state) ? state['terminated'] : undefined;
  return isRecord(ended) ? Number(ended['exitCode']) : undefined;
}

const baseOf = ({ question: { pod } }: Run): string => pod.metadata.annotations?.[baseImageAnnotation] ?? '';

/** What the ISO is called: its ConfigMap tells. */
function isoOf(run: Run): string {
  const { name, namespace } = run.question.pod.metadata;
  const config = all(run, 'configmaps').find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  return outputOf(config as ConfigMap | undefined, name, run.since);
}

/** elemental fetches an image: nothing is said while it comes. */
const fetching: Teller = (run) => {
  const { since, until } = run;
  const base = baseOf(run);
  // Where time is played fast it may end within the second in which it began.
  const at = (ms: number) => Math.min(since + ms, until);
  if (base === '') return callsWrongly(at(40));
  const platform = /--platform=(\S+)/.exec(wordsOf(run))?.[1] ?? 'linux/amd64';
  const begun = [
    logrus(at(40), 'Starting elemental version v2.2.3'),
    logrus(at(41), "Reading configuration from '/etc/elemental'"),
    logrus(at(43), `Pulling image ${base} platform ${platform}`),
  ];
  if (!exitOf(run)) return begun;
  // Its registry is tried again and again before this is given up.
  const why = `Get "https://${base.split('/')[0]}/v2/": net/http: TLS handshake timeout`;
  return [...begun, logrus(Math.max(at(44), until - 30), why, 'ERRO')];
};

/** Without an image elemental tells how it wants to be called. */
const callsWrongly = (at: number): LogLine[] =>
  [
    'Error: accepts 2 arg(s), received 1',
    'Usage:',
    '  elemental pull-image IMAGE DESTINATION [flags]',
    '',
    'Flags:',
    '  -h, --help              help for pull-image',
    '      --local             Use an image from local cache',
    '      --platform string   Platform to build the image for',
    '',
  ].map((text) => ({ at, text }));

/** How long packing takes where its end is not known yet, in ms. */
const packs = 8500;
/** Bytes of a sector, and bytes per second of a DVD at its single speed. */
const [sector, single] = [2048, 1_385_000];

/** xorriso packs an ISO: a line each second while it writes. */
const packing: Teller = (run) => {
  const { since, until, node } = run;
  const took = exitOf(run) === undefined ? packs : until - since;
  const iso = `/iso/${isoOf(run)}`;
  const drawn = chance('iso', baseOf(run));
  const blocks = drawn.integer(560_000, 640_000);
  const nodes = drawn.integer(28, 46);
  const sectors = blocks + drawn.integer(8, 60);
  const free = `${String(chance('free', node).integer(140, 480)).padStart(4)}g free`;
  const at = (share: number) => Math.floor(since + took * share);
  const says = (share: number, ...texts: string[]) => texts.map((text) => ({ at: at(share), text }));
  const added = [...wordsOf(run).matchAll(/-map (\S+) (\S+)/g)].flatMap(([, from = '', to = ''], index) => [
    `xorriso : UPDATE : ${String(index + 1).padStart(7)} files added in 1 seconds`,
    `Added to ISO image: file '${to}'='${from}'`,
  ]);
  return [
    ...says(0, 'xorriso 1.5.6 : RockRidge filesystem manipulator, libburnia project.', ''),
    ...says(0.01, 'xorriso : NOTE : Loading ISO image tree from LBA 0'),
    ...says(
      0.02,
      `xorriso : UPDATE : ${String(nodes).padStart(7)} nodes read in 1 seconds`,
      'xorriso : NOTE : Detected El-Torito boot information which currently is set to be discarded',
      "Drive current: -indev '/iso/base.iso'",
      'Media current: stdio file, overwriteable',
      'Media status : is written , is appendable',
      'Boot record  : El Torito , MBR protective-msdos-label grub2-mbr cyl-align-off GPT',
      `Media summary: 1 session, ${blocks} data blocks, ${scaled(blocks)} data, ${free}`,
      "Volume id    : 'COS_LIVE'",
      `Drive current: -outdev '${iso}'`,
      'Media current: stdio file, overwriteable',
      'Media status : is blank',
      `Media summary: 0 sessions, 0 data blocks, 0 data, ${free}`,
    ),
    ...says(0.04, ...added, 'xorriso : NOTE : Replayed 21 boot related commands'),
    ...says(
      0.05,
      `xorriso : NOTE : Copying to System Area: 32768 bytes from file '--interval:imported_iso:0s-15s:zero_mbrpt,zero_gpt:/iso/base.iso'`,
    ),
    ...written(run.key, sectors, at(0.06), at(0.96)),
    ...says(
      0.97,
      `ISO image produced: ${sectors - 150} sectors`,
      `Written to medium : ${sectors} sectors at LBA 0`,
      `Writing to '${iso}' completed successfully.`,
      '',
    ),
  ];
};

/** Bytes of so many sectors, in five places. */
const scaled = (blocks: number): string => `${Math.floor((blocks * sector) / 1024 ** 2)}m`.padStart(5);

/** How far xorriso is with `sectors`, each second between two moments. */
function written(key: string, sectors: number, from: number, until: number): LogLine[] {
  const drawn = chance(key, 'writing');
  const lines: LogLine[] = [];
  for (let at = from + 1000, before = 0; at < until; at += 1000) {
    // It writes so many sectors at once.
    const done = Math.floor((sectors * (at - from - drawn.integer(0, 300))) / (until - from) / 16) * 16;
    const speed = (((done - before) * sector) / single).toFixed(1);
    const share = ((done / sectors) * 100).toFixed(1);
    const buffers = `fifo ${String(drawn.integer(88, 100)).padStart(3)}%  buf  50%`;
    const text = `xorriso : UPDATE : Writing: ${String(done).padStart(10)}s ${share.padStart(6)}%   ${buffers}`;
    // The first has nothing to be compared with.
    lines.push({ at, text: before === 0 ? text : `${text}  ${speed.padStart(5)}xD ` });
    before = done;
  }
  return lines;
}

/** The server of the ISO, until its deadline. */
const serving: Teller = (run) => {
  const { since } = run;
  const seconds = Number(/-t (\d+)/.exec(wordsOf(run))?.[1] ?? 0);
  const said = (at: number, text: string) => {
    const stamp = new Date(at).toISOString();
    return { at, text: `${stamp.slice(0, 10).replaceAll('-', '/')} ${stamp.slice(11, 19)} ${text}` };
  };
  const begun = said(since + 3, `Serving '${isoOf(run)}' on port 80`);
  if (seconds === 0) return [begun];
  return [
    begun,
    said(since + 4, `Deadline set to ${seconds} seconds`),
    said(since + 4 + seconds * 1000, 'Deadline reached, closing idle connections'),
  ];
};

/** Who tells the lines of a container of the Pod that a SeedImage has made, by the container's name. */
export const seedImage: Teller = (run) => CONTAINERS[run.question.container]?.(run) ?? [];

const CONTAINERS: Readonly<Record<string, Teller>> = { baseiso: fetching, build: packing, serve: serving };
