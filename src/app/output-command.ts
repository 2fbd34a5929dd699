/** `metaldeck output HOST`: what the instructions of a host's plan printed, for scripts and tickets. */
import { type Options, UsageError } from '../cli.ts';
import { decodeOutput } from '../domain/output/decode.ts';
import { lineText, outputLines, partsOf } from '../domain/output/lines.ts';
import type { PlanOutput } from '../domain/output/types.ts';
import { projectHost } from '../domain/project/host.ts';
import { cleanLine } from '../domain/text.ts';
import { describeFailure } from '../kube/connection/problem.ts';
import { pathOf } from '../kube/kinds.ts';
import { readPlanSecret } from '../kube/plan-reader.ts';
import { KubeError, type Transport } from '../kube/types.ts';
import { firstAnswer, openCluster } from './session.ts';

/** Version of the JSON document's shape: fields are added under the same number, never renamed or removed. */
export const OUTPUT_SCHEMA = 'metaldeck.output/v1';

/** There is nothing to print: one sentence. */
export class Nothing extends Error {
  /** 1: the host has nothing of the kind. 2: who is meant is not known. */
  readonly code: 1 | 2;

  constructor(text: string, code: 1 | 2 = 1) {
    super(text);
    this.code = code;
  }
}

/**
 * Gives 0 where something was printed, 1 where there is no such plan or instruction, 2 where there is no such host, as
 * `explain` does, or that could not be known. Throws UsageError and ConnectionProblem.
 */
export async function outputCommand(options: Options, version: string): Promise<number> {
  const [host, ...rest] = options.operate.words;
  if (host === undefined || rest.length > 0)
    throw new UsageError('output takes the name of one host; nothing was read.');
  const opened = options.demo
    ? await (await import('./demo.ts')).openDemo(options)
    : await openCluster(options, version);
  try {
    await firstAnswer(opened, Math.min(10_000, options.timeout));
    const found = await readOutput(opened.transport, opened.session.namespace, host);
    const { instruction } = options;
    if (instruction !== undefined && !partsOf(found).includes(instruction)) {
      const names = partsOf(found).join(', ') || 'none';
      throw new Nothing(`The plan of ${host} has no instruction "${cleanLine(instruction)}"; there are: ${names}.`);
    }
    process.stdout.write(
      options.output === 'json'
        ? `${JSON.stringify(outputData(host, found, instruction), null, 2)}\n`
        : outputText(found, Date.now(), instruction),
    );
    return 0;
  } catch (error) {
    if (error instanceof Nothing) {
      process.stderr.write(`${error.message}\n`);
      return error.code;
    }
    if (!(error instanceof KubeError)) throw error;
    const text = describeFailure(error, `Reading the plan of ${host}`);
    throw Object.assign(new Error(text), { name: 'ConnectionProblem' });
  } finally {
    await opened.close();
  }
}

/** Reads the host, and the Secret it names. Throws KubeError, and Nothing where there is none. */
export async function readOutput(transport: Transport, namespace: string, host: string): Promise<PlanOutput> {
  const gone = (what: string, code?: 1 | 2) => (error: unknown) => {
    throw error instanceof KubeError && error.code === 404 ? new Nothing(what, code) : error;
  };
  const raw = await transport
    .json({ path: pathOf('host', 'v1beta1', namespace, host) })
    .catch(gone(`There is no host ${cleanLine(host)} in ${namespace}.`, 2));
  const secret = projectHost(raw)?.planSecret;
  if (secret === undefined) throw new Nothing(`${host} has no plan yet: the operator has not made one.`);
  return decodeOutput(
    await readPlanSecret(transport, namespace, secret).catch(gone(`The plan Secret ${secret} of ${host} is gone.`)),
  );
}

/** As the screen shows it. `now`, epoch ms, is what times are told from. */
export function outputText(output: PlanOutput, now: number, instruction?: string): string {
  const lines = outputLines(output, instruction).map((line) => lineText(line, now).trimEnd());
  return `${lines.join('\n').replace(/^\n+/, '')}\n`;
}

const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

/** The documented JSON shape (see README). */
export function outputData(host: string, output: PlanOutput, instruction?: string): Record<string, unknown> {
  const { detail, state } = output;
  const wanted = ({ name }: { name: string }) => instruction === undefined || name === instruction;
  return {
    schema: OUTPUT_SCHEMA,
    host,
    plan: {
      type: output.type ?? null,
      state: state.word,
      judgedBy: state.source,
      checksum: detail.checksum ?? null,
      failing: output.failing ?? null,
      failures: detail.failureCount ?? null,
      mostFailures: detail.maxFailures ?? null,
      writtenAt: iso(output.writtenAt),
      lastRunAt: iso(detail.lastApplied),
      nextTryAt: iso(output.coolsUntil),
    },
    instructions: output.instructions.filter(wanted).map((one) => ({
      name: one.name,
      place: one.place ?? null,
      state: one.state,
      ofEarlierPlan: one.earlier,
      bytes: one.bytes,
      output: one.lines?.join('\n') ?? null,
      note: one.note ?? null,
    })),
    periodic: output.periodic.filter(wanted).map((one) => ({
      name: one.name,
      ofEarlierPlan: !one.current,
      exitCode: one.exitCode ?? null,
      failures: one.failures ?? null,
      lastSuccess: one.lastSuccess ?? null,
      lastFailure: one.lastFailure ?? null,
      bytes: one.bytes,
      stdout: one.stdout.join('\n'),
      stderr: one.stderr.join('\n'),
      note: one.note ?? null,
    })),
    probes: output.probes,
    couldNotDecode: output.notes,
  };
}
