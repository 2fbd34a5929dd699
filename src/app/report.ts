/** `metaldeck report`: what is wrong, and what it has to do with, in one file for others. Reads only. */
import { open, unlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type Options, UsageError } from '../cli.ts';
import type { Fleet, ObjectRef } from '../domain/fleet/rows.ts';
import { API_KIND } from '../domain/kinds.ts';
import { decodeOutput } from '../domain/output/decode.ts';
import { formatBytes } from '../domain/output/size.ts';
import { at, list, str } from '../domain/read.ts';
import { redact } from '../domain/redact.ts';
import { redactText } from '../domain/redact-text.ts';
import { relatedOf } from '../domain/related.ts';
import type { Told } from '../domain/story/timeline.ts';
import { reachOf } from '../domain/workload.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { KINDS_TABLE, pathOf } from '../kube/kinds.ts';
import { readPlanSecret } from '../kube/plan-reader.ts';
import { discover } from '../kube/reflector/discovery.ts';
import type { Transport } from '../kube/types.ts';
import { attentionOf } from '../store/attention.ts';
import type { State } from '../store/state.ts';
import { yamlLines } from './document.ts';
import { answer, explainText } from './explain.ts';
import { outputText } from './output-command.ts';
import { collect } from './print.tsx';
import { eventsText, freshnessLines, summaryText, timelineText } from './report-text.ts';
import { fleetVersions } from './report-versions.ts';
import { openJournal } from './runner.ts';
import { openCluster } from './session.ts';
import { snapshotData } from './snapshot-data.ts';
import { type TarEntry, tar, tarPath } from './tar.ts';
import { readTold } from './told.ts';

/** Most objects with problems, and most objects in all: a fleet that is all broken needs no thousand files. */
const PROBLEMS_CAP = 100;
const OBJECTS_CAP = 400;
/** Requests under way at once. */
const PARALLEL = 6;

/** Writes the report and gives 0. Throws UsageError and ConnectionProblem, with nothing written. */
export async function reportCommand(options: Options, version: string): Promise<number> {
  if (options.file?.trim() === '') throw new UsageError('-o wants the name of a file; nothing was read.');
  const open = async () =>
    options.demo ? (await import('./demo.ts')).openDemo(options) : openCluster(options, version);
  await collect(
    options,
    open,
    async (store, { transport }) => {
      const state = store.getState();
      const told = await readTold(openJournal(options.demo), state.session).catch(() => undefined);
      const entries = await reportEntries({ ...state, told: told ?? [] }, transport, version, told);
      const stamp = new Date(state.now).toISOString().replace(/[-:]|\.\d+/g, '');
      const file = options.file ?? tarPath(`metaldeck-report-${state.session.namespace}-${stamp}.tar.gz`);
      const bytes = gzipSync(tar(entries, state.now));
      await writeNew(file, bytes);
      const read = `${attentionOf(state).length} need attention`;
      process.stdout.write(`${file}: a tar.gz of ${entries.length} files, ${formatBytes(bytes.length)}; ${read}\n`);
    },
    ({ fleet }) => fleet.clusters.list.map(({ name }) => name),
  );
  return 0;
}

/** A file that only its owner can read, and that was not there before. Throws UsageError. */
async function writeNew(file: string, bytes: Buffer): Promise<void> {
  const code = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error);
  const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be made (${code(error)}); nothing was written.`);
  });
  try {
    await handle.writeFile(bytes);
  } catch (error) {
    await unlink(file).catch(() => {});
    throw new UsageError(`${file} could not be written (${code(error)}); it was taken away again.`);
  } finally {
    await handle.close();
  }
}

/** The objects with problems, each followed by what it has to do with; none twice. */
export function involved(state: State): { refs: ObjectRef[]; problems: ObjectRef[]; leftOut: string[] } {
  const { fleet } = state;
  const causes = attentionOf(state);
  const problems = causes.slice(0, PROBLEMS_CAP).map(({ ref }) => ref);
  const all = new Map<string, ObjectRef>();
  for (const ref of problems) all.set(ref.uid, ref);
  for (const ref of problems)
    for (const { ref: other } of relatedOf(fleet, ref)) all.set(other.uid, all.get(other.uid) ?? other);
  const refs = [...all.values()].slice(0, OBJECTS_CAP);
  const missing = [
    [causes.length - problems.length, 'objects with problems: only the worst are in it'],
    [all.size - refs.length, 'objects that have to do with those'],
  ] as const;
  return { refs, problems, leftOut: missing.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])) };
}

/** Runs `work` for each, a few at a time; results in the order of `items`. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return results;
}

/**
 * The files of the report. What cannot be read is listed in the summary instead. `told`: what the journal says,
 * `undefined` where it could not be read.
 */
export async function reportEntries(
  state: State,
  transport: Transport,
  version: string,
  told: readonly Told[] | undefined,
): Promise<TarEntry[]> {
  const { fleet, session, observed, now } = state;
  const { namespace } = session;
  const { refs, problems, leftOut } = involved(state);
  const failed = (what: string) => (error: unknown) => {
    leftOut.push(`${what}: ${describeFailure(error, 'reading it')}`);
    return undefined;
  };

  const served = new Map<string, string>();
  await each([...new Set(refs.map(({ kind }) => kind))], async (kind) => {
    const { group, resource, versions } = KINDS_TABLE[kind];
    const found = await discover(transport, group, resource, versions).catch(() => 'absent' as const);
    served.set(kind, found === 'absent' ? versions[0] : found.version);
  });

  const objects = await each(refs, async (ref): Promise<TarEntry[]> => {
    const name = `${API_KIND[ref.kind]} ${ref.name}`;
    const raw = await transport
      .json({ path: pathOf(ref.kind, served.get(ref.kind)!, namespace, ref.name) })
      .catch(failed(name));
    if (raw === undefined) return [];
    return [{ path: `objects/${API_KIND[ref.kind]}/${ref.name}.yaml`, text: `${yamlLines(raw).join('\n')}\n` }];
  });

  const plans = new Map(refs.filter(({ kind }) => kind === 'plan').map((ref) => [ref.uid, ref]));
  const outputs = await each([...plans.values()], async (ref): Promise<TarEntry[]> => {
    const raw = await readPlanSecret(transport, namespace, ref.name).catch(failed(`output of the plan ${ref.name}`));
    return raw === undefined ? [] : [{ path: `output/${ref.name}.txt`, text: outputText(decodeOutput(raw), now) }];
  });

  const witness = { observed, told: told ?? [] };
  const timelines = problems
    .filter(({ kind }) => kind === 'host' || kind === 'machine' || kind === 'baremetalMachine' || kind === 'plan')
    .map((ref) => ({
      path: `timeline/${API_KIND[ref.kind]}-${ref.name}.txt`,
      text: timelineText(fleet, ref, witness),
    }));

  const views = ['overview', 'hosts', 'machines', 'groups', 'plans', 'clusters'];
  const data = Object.assign({}, ...views.map((view) => snapshotData(state, view))) as Record<string, unknown>;
  leftOut.push(...unseenWorkloads(fleet));
  if (told === undefined) leftOut.push('what was done from here: the journal could not be read');
  leftOut.push(
    'values of Secrets, tokens, keys, certificates and user-data: each is replaced by its size',
    'registration and download URLs beyond their host',
    'what instructions wrote to their standard error: the agent does not save it',
    'objects without a problem that have nothing to do with one',
    'logs of controllers, and everything on the hosts themselves',
  );
  const files: TarEntry[] = [
    ...objects.flat(),
    ...outputs.flat(),
    ...timelines,
    { path: 'why.txt', text: redactText(explainText(state, answer(state, undefined), undefined)) },
    { path: 'events.txt', text: eventsText(fleet) },
    { path: 'freshness.txt', text: `${freshnessLines(state).join('\n')}\n` },
    { path: 'snapshot.json', text: `${JSON.stringify(redact(data), null, 2)}\n` },
    ...(told && told.length > 0
      ? [{ path: 'operations.json', text: `${JSON.stringify(redact(told), null, 2)}\n` }]
      : []),
  ];
  const summary = summaryText(state, {
    version,
    versions: [
      `metaldeck ${version}, Node ${process.version}`,
      ...(await versionLines(transport, namespace, failed)),
      ...fleetVersions(fleet),
      ...[...served].map(([kind, one]) => `${KINDS_TABLE[kind as ObjectRef['kind']].resource}: ${one}`),
    ],
    files: files.map(({ path }) => tarPath(path)),
    leftOut,
  });
  return [{ path: 'README.md', text: summary }, ...files].map(({ path, text }) => ({
    path: `metaldeck-report/${path}`,
    text,
  }));
}

/** What clusters did not say of themselves, and why: without it their part of the snapshot is second-hand. */
function unseenWorkloads({ clusters, workloads }: Fleet): string[] {
  return clusters.list.flatMap(({ name }) => {
    const { word, why } = reachOf(workloads.get(name), 'node');
    return word === 'live'
      ? []
      : [`Nodes of ${name}, from its own API: ${word}${why === undefined ? '' : ` (${why})`}`];
  });
}

/** The API server's version, and the images that the namespace's Deployments run. */
async function versionLines(
  transport: Transport,
  namespace: string,
  failed: (what: string) => (error: unknown) => undefined,
): Promise<string[]> {
  const server = await transport.json({ path: '/version' }).catch(failed('version of the API server'));
  const deployments = await transport
    .json({ path: `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments`, query: { limit: 200 } })
    .catch(failed('images of the controllers'));
  const images = list(at(deployments, 'items'), 200).flatMap((one) =>
    list(at(one, 'spec', 'template', 'spec', 'containers'), 16).map(
      (container) => `${str(at(one, 'metadata', 'name')) ?? '?'}: ${str(at(container, 'image')) ?? '?'}`,
    ),
  );
  const git = str(at(server, 'gitVersion'));
  return [...(git ? [`API server ${git}`] : []), ...images];
}
