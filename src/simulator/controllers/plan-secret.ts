/** The plan Secret of a host: its keys and encodings. Source of the rules: rancher/system-agent, k8splan/watcher.go. */

import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { kinds } from './kinds.ts';
import type { Runtime } from './runtime.ts';
import type { Secret } from './shapes/core.ts';

export const planSecretType = 'elemental.cattle.io/plan';
/** Annotation with the provider's plan type. */
export const providerPlanType = 'baremetal.alauda.io/plan.type';
/** Annotation with the operator's plan type. */
export const operatorPlanType = 'elemental.cattle.io/plan.type';

export interface PlanFile {
  content: string;
  path: string;
  permissions?: string;
}

export interface Instruction {
  name: string;
  command: string;
  args: string[];
  env?: string[];
  image?: string;
  saveOutput?: boolean;
}

/** What the agent asks a service on its host again and again; times in seconds. */
export interface Probe {
  name?: string;
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
  httpGet?: { url: string; insecure?: boolean; clientCert?: string; clientKey?: string; caCert?: string };
}

/** What the agent runs every `periodSeconds`, besides applying the plan. */
export interface PeriodicInstruction {
  name: string;
  command: string;
  args: string[];
  periodSeconds: number;
  saveStderrOutput?: boolean;
}

export interface Plan {
  files?: PlanFile[];
  instructions?: Instruction[];
  probes?: Record<string, Probe>;
  periodicInstructions?: PeriodicInstruction[];
}

/** The informer of plan Secrets: of all Secrets, no others are read. */
export function planSecrets(rt: Runtime) {
  return rt.informer(kinds.Secret, {
    fieldSelector: `type=${planSecretType}`,
    covers: (secret) => secret.type === planSecretType,
  });
}

export const encode = (text: string): string => Buffer.from(text).toString('base64');

/** The text of a key of a Secret; empty where there is none. */
export function text(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
}

/** The checksum the agent calculates: sha256 of the raw bytes of `plan`, in lower-case hex. */
export function checksum(secret: Secret): string {
  return checksumOf(Buffer.from(secret.data?.['plan'] ?? '', 'base64'));
}

/** sha256 in lower-case hex. */
export function checksumOf(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex');
}

/** A plan as Go's json.Encoder writes it: with a newline at the end, which counts for the checksum. */
export function planText(plan: Plan): string {
  return `${JSON.stringify(plan)}\n`;
}

/** The plan of a Secret, without what is not of the right shape. A plan that cannot be read is an empty one here. */
export function parsePlan(secret: Secret): Plan {
  const plan = parseObject(text(secret, 'plan'));
  const list = (value: unknown): Record<string, unknown>[] =>
    Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
  return {
    files: list(plan['files']).map(({ content, path }) => ({
      content: String(content ?? ''),
      path: String(path ?? ''),
    })),
    instructions: list(plan['instructions']).map(({ name, command, args, saveOutput }) => ({
      name: String(name ?? ''),
      command: String(command ?? ''),
      args: Array.isArray(args) ? args.map(String) : [],
      saveOutput: saveOutput === true,
    })),
    probes: probesOf(plan['probes']),
    periodicInstructions: list(plan['periodicInstructions']).map((one) => ({
      name: String(one['name'] ?? ''),
      command: String(one['command'] ?? ''),
      args: Array.isArray(one['args']) ? one['args'].map(String) : [],
      periodSeconds: Number(one['periodSeconds']) > 0 ? Number(one['periodSeconds']) : defaultPeriod,
      saveStderrOutput: one['saveStderrOutput'] === true,
    })),
  };
}

/** How often a periodic instruction runs that does not say it, in seconds. */
const defaultPeriod = 600;

function probesOf(value: unknown): Record<string, Probe> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([, probe]) => typeof probe === 'object' && probe !== null),
  ) as Record<string, Probe>;
}

/** Whether a plan can be read at all: the agent of a host that cannot leaves the Secret alone. */
export function isReadable(secret: Secret): boolean {
  try {
    const value: unknown = JSON.parse(text(secret, 'plan'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A decimal number in a key of a Secret; undefined where there is none, or no number. */
export function numberOf(secret: Secret, key: string): number | undefined {
  const value = text(secret, key).trim();
  return /^-?\d+$/.test(value) ? Number(value) : undefined;
}

/** When the agent last ran the plan, Unix time in ms; NaN where it never did. */
export function lastApplied(secret: Secret): number {
  return parseUnixDate(text(secret, 'last-apply-time'));
}

/** A JSON object; an empty one where the text is none. */
export function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What kind of plan a Secret holds: the provider's word, else the operator's; `empty` for `{}`. */
export function planTypeOf(secret: Secret): string {
  if (text(secret, 'plan').trim() === '{}') return 'empty';
  const annotations = secret.metadata.annotations;
  const type = annotations?.[providerPlanType] ?? annotations?.[operatorPlanType] ?? 'other';
  // Somebody has put a plan of his own where there was none.
  return type === 'empty' ? 'other' : type;
}

/** Most hosts print the same: the last few packed outputs. */
const packed = new Map<string, string>();
const packedLimit = 64;

/** Saved outputs as the agent stores them: gzip of a JSON object of base64 values. */
export function packOutputs(outputs: Readonly<Record<string, string>>): string {
  const values = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, encode(value)]));
  return packText(JSON.stringify(values));
}

/** Texts are short: the room that zlib sets apart for long ones costs more than the work. */
const small = { windowBits: 12, memLevel: 4 };

/** Where the header of gzip names the system: Go writes that it does not know it, zlib names Unix. */
const systemAt = 9;

/** base64 of gzip of `json`, under the header that the agent's Go gives it. */
export function packText(json: string): string {
  const known = packed.get(json);
  if (known !== undefined) return known;
  const bytes = gzipSync(json, small);
  bytes[systemAt] = 255;
  const result = bytes.toString('base64');
  if (packed.size >= packedLimit) packed.delete(packed.keys().next().value!);
  packed.set(json, result);
  return result;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Unix time in ms in Go's time.UnixDate: `Mon Jan  2 15:04:05 UTC 2006`. */
export function unixDate(ms: number): string {
  const date = new Date(ms);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = date.toISOString().slice(11, 19);
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`;
}

/** The reverse of `unixDate`, in ms; NaN where it cannot be read. */
export function parseUnixDate(value: string): number {
  const match = /^\w{3} (\w{3}) +(\d+) (\d\d:\d\d:\d\d) UTC (\d{4})$/.exec(value);
  if (!match) return Number.NaN;
  return Date.parse(`${match[2]} ${match[1]} ${match[4]} ${match[3]} UTC`);
}
