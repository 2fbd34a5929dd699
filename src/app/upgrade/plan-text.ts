/** A planned upgrade as text for a terminal, and as a document in Markdown for whoever approves it. */
import { wrap } from '../../../views/parts/fit.ts';
import { formatAge } from '../../domain/age.ts';
import type { Estimate, Gate, Stage } from '../../guides/contract.ts';
import { basisText } from '../../guides/estimate.ts';
import { blocks } from '../../guides/session.ts';
import type { Session } from '../../store/state.ts';
import { commandOf } from './plan-data.ts';
import type { Planned } from './planned.ts';

const WIDTH = 100;
const MARK: Readonly<Record<Gate['result'], string>> = { pass: 'ok', warn: 'warn', block: 'BLOCK', unknown: 'UNKNOWN' };

/** `12 hosts, about 4h, 9h at most (a guess: nothing was learnt here yet)`. */
export function estimateText(estimate: Estimate): string {
  const { hosts, usual, longest } = estimate;
  if (hosts === 0 && usual === 0) return 'nothing left to do';
  const basis = basisText(estimate);
  return `${lengthText({ hosts, usual, longest })}${basis === undefined ? '' : ` (${basis})`}`;
}

/** The same, without saying where it is from. */
function lengthText({ hosts, usual, longest }: Pick<Estimate, 'hosts' | 'usual' | 'longest'>): string {
  const count = hosts === 0 ? '' : hosts === 1 ? '1 host, ' : `${hosts} hosts, `;
  return `${count}about ${formatAge(usual)}, ${formatAge(longest)} at most`;
}

/** A table of plain cells, as wide as they are. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `told`: names of gates that were told before, to which these are added: what is the same once more is told in a line. */
function gateLines(gates: readonly Gate[], told: Set<string>): string {
  return gates
    .flatMap((gate) => {
      const { result, title, figure, remedy, asks, name, override, secondHand } = gate;
      const mark = result !== 'pass' && asks !== undefined ? 'TO SAY' : MARK[result];
      const head = `${mark.padEnd(7)} ${title}: ${figure}${secondHand ? ' (second-hand)' : ''}`;
      if (result === 'pass') return [head];
      if (told.has(`${name} ${figure}`)) return [`${mark.padEnd(7)} ${title}: as above`];
      told.add(`${name} ${figure}`);
      const more = [
        asks === undefined ? remedy?.text : `wants to be said in words: ${asks}`,
        remedy?.command && `$ ${remedy.command}`,
        remedy?.operation && `operation ${remedy.operation.id} on ${remedy.operation.target.name}`,
        blocks(gate) && asks === undefined
          ? override === 'never'
            ? 'there is no way past it'
            : `past it only by typing ${name}`
          : undefined,
      ];
      return [head, ...more.flatMap((line) => (line ? [`        ${line}`] : []))];
    })
    .flatMap((line) => (line.length > WIDTH && !line.includes('$ ') ? wrapped(line) : [line]))
    .map((line) => `  ${line}`)
    .join('\n');
}

function wrapped(line: string): string[] {
  const [first = '', ...rest] = wrap(line.trimStart(), WIDTH - 8);
  const lead = line.startsWith(' ') ? '        ' : '';
  return [`${lead}${first}`, ...rest.map((each) => `        ${each}`)];
}

/** Groups stages by their heading. */
function parts(stages: readonly Stage[]): [string, Stage[]][] {
  const found = new Map<string, Stage[]>();
  for (const stage of stages) found.set(stage.part, [...(found.get(stage.part) ?? []), stage]);
  return [...found];
}

/** The plan as text. */
export function planText(planned: Planned): string {
  const { course, route, inTheWay, toBeSaid } = planned;
  const hops = table([
    ['HOP', 'RELEASE', 'KUBERNETES', 'COREDNS', 'ETCD', 'KUBE-OVN'],
    ...route.hops.map(({ row }, at) => [String(at + 1), row.acp, row.kubernetes, row.coredns, row.etcd, row.kubeOvn]),
  ]);
  const told = new Set<string>();
  const before = gateLines(course.gates, told);
  const stages = parts(course.stages).map(([part, list]) => {
    const lines = list.map((stage) => {
      const time =
        stage.state === 'done' ? 'done' : stage.estimate.usual > 0 ? lengthText(stage.estimate) : stage.state;
      const own = stage.gates.filter(({ result }) => result !== 'pass');
      return [`  ${stage.title}: ${time}`, ...(own.length > 0 ? [gateLines(own, told)] : [])].join('\n');
    });
    return `${part}\n${lines.join('\n')}`;
  });
  if (course.outcome === 'done') return `${course.title}: it is there already.\n\n${hops}\n`;
  return [
    course.title,
    estimateText(course.estimate),
    '',
    hops,
    '',
    'Before every stage',
    before,
    '',
    ...stages.flatMap((stage) => [stage, '']),
    ...(course.line ? [`From ${course.line.text} on: forward only.`] : []),
    inTheWay.length > 0
      ? `In the way: ${inTheWay.map(({ name }) => name).join(', ')}`
      : `Nothing stands in the way${toBeSaid.length > 0 ? ' but what has to be said' : ''}.`,
    ...(toBeSaid.length > 0 ? [`To be said before it begins: ${toBeSaid.map(({ name }) => name).join(', ')}`] : []),
    '',
  ].join('\n');
}

/** A cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
const head = (...cells: readonly string[]) => [row(...cells), row(...cells.map(() => '---'))];

function gateRows(gates: readonly Gate[]): string[] {
  return gates.map(({ result, title, figure, remedy, asks, evidence }) =>
    row(
      MARK[result],
      title,
      figure,
      [asks && `to be said: ${asks}`, remedy?.text, ...evidence.map(({ of, says }) => `${of}: ${says}`)]
        .filter(Boolean)
        .join('; '),
    ),
  );
}

function stageSection(stage: Stage, planned: Planned, session: Session): string[] {
  const waiting = stage.turns.filter(({ state }) => state !== 'done');
  const gates = stage.gates;
  return [
    `### ${stage.title}`,
    '',
    stage.state === 'done'
      ? 'Done already.'
      : estimateText(stage.estimate) === 'nothing left to do'
        ? 'Nothing is written here.'
        : `${estimateText(stage.estimate)}.`,
    '',
    ...(gates.length > 0 ? [...head('', 'gate', 'found', 'remedy and evidence'), ...gateRows(gates), ''] : []),
    ...stage.outline.flatMap((outline) => [
      `${outline.title}:`,
      '',
      ...head('field', 'from', 'to'),
      ...outline.diff.map(({ path, from, to }) => row(`\`${path}\``, shown(from), shown(to))),
      '',
      '```sh',
      commandOf(outline, planned, session),
      '```',
      '',
    ]),
    ...(waiting.length > 0 && stage.state !== 'done'
      ? [
          'Machines, in the order in which they go as things stand:',
          '',
          ...waiting.map(
            ({ old }, at) => `${at + 1}. ${old?.name ?? 'a machine'}${old?.host ? ` on ${old.host}` : ''}`,
          ),
          '',
        ]
      : []),
  ];
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `\`${text.length > 120 ? `${text.slice(0, 119)}…` : text}\``;
}

/** The plan as a document. */
export function planMarkdown(planned: Planned, session: Session): string {
  const { course, route, inTheWay, toBeSaid, known } = planned;
  const lines = [
    `# ${course.title}`,
    '',
    `Planned by metaldeck at ${new Date(known.now).toISOString()} from ${session.host}, context ${session.context || '(none)'}, namespace ${session.namespace}.`,
    '',
    course.outcome === 'done'
      ? 'The cluster is there already: nothing is to be done.'
      : `**Effort:** ${estimateText(course.estimate)}. Every machine is replaced: its host is cleaned and provisioned anew, and local data is not kept unless it is on managed storage.`,
    '',
    ...(course.line
      ? [
          `**Point of no return:** ${course.line.text}, in each hop. Before it the writes can be taken back; from it on there is only forward, or the backup of etcd.`,
          '',
        ]
      : []),
    '## Hops',
    '',
    ...head('', 'from', 'Kubernetes', 'release', 'containerd', 'CoreDNS', 'etcd', 'Kube-OVN chart', 'row'),
    ...route.hops.map((hop, at) =>
      row(
        String(at + 1),
        hop.from,
        hop.row.kubernetes,
        hop.row.acp,
        hop.row.containerd ?? '',
        hop.row.coredns,
        hop.row.etcd,
        hop.row.kubeOvn,
        hop.row.source === 'published' ? 'published' : 'from a local file',
      ),
    ),
    '',
    '## Gates',
    '',
    inTheWay.length > 0
      ? `In the way now: ${inTheWay.map(({ name, figure }) => `${name} (${figure})`).join('; ')}.`
      : 'Nothing stands in the way now.',
    ...(toBeSaid.length > 0
      ? ['', `To be said by the operator before it begins: ${toBeSaid.map(({ name }) => name).join(', ')}.`]
      : []),
    '',
    'Looked at again before every stage:',
    '',
    ...head('', 'gate', 'found', 'remedy and evidence'),
    ...gateRows(course.gates),
    '',
    ...parts(course.stages).flatMap(([part, stages]) => [
      `## ${part}`,
      '',
      ...stages.flatMap((stage) => stageSection(stage, planned, session)),
    ]),
    '## About the writes',
    '',
    'metaldeck sends the same writes bound to the uid and resourceVersion of what was read, after a server dry run, and notes each in its journal before it is sent. The commands above are not bound: whoever runs them by hand has to look first. Writes of later hops are foreseen from the objects of today.',
    '',
  ];
  return lines.join('\n');
}
