import { readFile } from 'node:fs/promises';
import { cleanLine } from '../../domain/text.ts';
import { isObject } from './merge.ts';
import type { ExecSpec, KubeCluster } from './model.ts';
import { type Finished, runProgram } from './program.ts';
import { redacted } from './redact.ts';
import { credentialsError } from './tokenfile.ts';

/** What a credential plugin gave. */
export interface ExecCredential {
  token?: string;
  /** PEM; both or neither. */
  cert?: string;
  key?: string;
  /** Epoch ms; absent where the plugin set no end. */
  expiresAt?: number;
}

/** The versions of the plugin protocol that are spoken; v1alpha1 left Kubernetes in 1.24. */
const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** How a plugin is run. */
export interface ExecOptions {
  spec: ExecSpec;
  cluster: KubeCluster;
  /** The environment the plugin starts from. */
  env: Readonly<Record<string, string | undefined>>;
  timeoutMs: number;
  signal?: AbortSignal;
}

/**
 * Runs a credential plugin (Kubernetes, "client-go credential plugins"). It has no terminal: a question could not be
 * answered there, as the screen belongs to the dashboard.
 * @throws KubeError `Credentials` with the plugin's last words, never with what it gave
 */
export async function runExecPlugin(options: ExecOptions): Promise<ExecCredential> {
  const { spec, timeoutMs, signal } = options;
  const name = spec.command.split('/').at(-1) ?? spec.command;
  if (!versions.includes(spec.apiVersion)) {
    throw credentialsError(`the plugin ${name} is configured for ${spec.apiVersion}, which is not supported`);
  }
  if (spec.interactiveMode === 'Always') {
    throw credentialsError(`the plugin ${name} wants to ask questions on the terminal, which it cannot here`);
  }
  const env = { ...options.env, ...spec.env, KUBERNETES_EXEC_INFO: JSON.stringify(await execInfo(options)) };
  const run = await runProgram({ command: spec.command, args: spec.args, env, timeoutMs, signal });
  const trouble = whatWentWrong(run, name, timeoutMs);
  if (trouble) throw credentialsError(withHint(trouble, run, spec));
  return readCredential(run.stdout, name, spec.apiVersion);
}

function whatWentWrong(run: Finished, name: string, timeoutMs: number): string | undefined {
  if (run.notFound) return `the plugin ${name} was not found, or cannot be started`;
  if (run.notStarted) return `the plugin ${name} cannot be started (${run.notStarted})`;
  if (run.stopped) return `the plugin ${name} was stopped`;
  const last = lastLine(run.stderr);
  const said = last && `: ${last}`;
  if (run.timedOut) return `the plugin ${name} gave nothing within ${Math.round(timeoutMs / 100) / 10} s${said}`;
  if (run.tooMuch) return `the plugin ${name} wrote far more than a credential`;
  if (run.code !== 0) return `the plugin ${name} failed (${run.killedBy ?? `exit ${run.code}`})${said}`;
  return undefined;
}

function withHint(trouble: string, run: Finished, spec: ExecSpec): string {
  const hint = run.notFound && spec.installHint ? cleanLine(spec.installHint) : '';
  return hint ? `${trouble}: ${hint.slice(0, 300).replace(/\.$/, '')}` : trouble;
}

/** The last line a program wrote, shortened, without what looks like a secret. */
function lastLine(text: string): string {
  const line = text
    .split(/\r?\n/)
    .map((each) => cleanLine(each))
    .findLast((each) => each !== '');
  return redacted(line ?? '').slice(0, 200);
}

function readCredential(stdout: string, name: string, apiVersion: string): ExecCredential {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw credentialsError(`the plugin ${name} wrote something that is not a credential`);
  }
  if (!isObject(answer) || answer['kind'] !== 'ExecCredential' || !isObject(answer['status'])) {
    throw credentialsError(`the plugin ${name} wrote something that is not a credential`);
  }
  if (answer['apiVersion'] !== apiVersion) {
    throw credentialsError(`the plugin ${name} answered in another version than ${apiVersion}`);
  }
  const status = answer['status'];
  const text = (field: string) =>
    typeof status[field] === 'string' && status[field] !== '' ? status[field] : undefined;
  const token = text('token');
  const cert = text('clientCertificateData');
  const key = text('clientKeyData');
  if (Boolean(cert) !== Boolean(key)) {
    throw credentialsError(`the plugin ${name} gave a client certificate without its key, or a key alone`);
  }
  if (!token && !cert) throw credentialsError(`the plugin ${name} gave neither a token nor a client certificate`);
  const until = Date.parse(text('expirationTimestamp') ?? '');
  return { token, cert, key, expiresAt: Number.isNaN(until) ? undefined : until };
}

/** What the plugin is told, in `KUBERNETES_EXEC_INFO`. */
async function execInfo({ spec, cluster }: ExecOptions): Promise<unknown> {
  const info = spec.provideClusterInfo
    ? {
        server: cluster.server,
        'tls-server-name': cluster.tlsServerName,
        'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
        'certificate-authority-data': cluster.caData ?? (await fileAsBase64(cluster.caFile)),
        'proxy-url': cluster.proxyUrl,
        'disable-compression': cluster.disableCompression || undefined,
        config: cluster.execConfig,
      }
    : undefined;
  return { kind: 'ExecCredential', apiVersion: spec.apiVersion, spec: { cluster: info, interactive: false } };
}

async function fileAsBase64(path: string | undefined): Promise<string | undefined> {
  if (!path) return undefined;
  try {
    return (await readFile(path)).toString('base64');
  } catch {
    throw credentialsError(`the certificate authority ${path} cannot be read`);
  }
}
