/** What the journal keeps of a request and its plan: everything but secrets. */
import { parse, stringify } from 'yaml';
import { redact } from '../domain/redact.ts';
import { isSecretKey, redacted, sizeOf } from '../domain/redact-text.ts';
import type { Memo, Plan, Raw, Request, Step, Write } from '../operations/contract.ts';

export interface Kept {
  request: Request;
  plan: Plan;
  /** What could not be kept as it was: names of entered values, `memo`, `steps`. */
  withheld: string[];
}

/** Entered values without secrets, and the names of those that cannot be kept as they were. */
export function withheldOf(entered: Readonly<Record<string, string>>) {
  const withheld: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(entered)) {
    values[name] = documentWithout(value) ?? textWithout(name, value);
    if (values[name] !== value) withheld.push(name);
  }
  return { values, withheld };
}

function textWithout(name: string, value: string): string {
  const kept = redact({ [name]: value }) as Record<string, unknown>;
  return String(kept[name] ?? redacted(sizeOf(value)));
}

/** A document that holds secrets by where they stand in it, without them; undefined where it is none, or holds none. */
function documentWithout(value: string): string | undefined {
  if (!/[{\n]/.test(value)) return undefined;
  try {
    const document: unknown = parse(value, { logLevel: 'silent' });
    if (typeof document !== 'object' || document === null) return undefined;
    const kept = redact(document);
    return same(kept, document) ? undefined : stringify(kept, { lineWidth: 0, aliasDuplicateObjects: false });
  } catch {
    return undefined;
  }
}

/** A copy without secrets, and what had to be left out of it. */
export function withoutSecrets(request: Request, plan: Plan): Kept {
  const { values, withheld } = withheldOf(request.values);
  const memo = redact(plan.memo) as Memo;
  if (!same(memo, plan.memo)) withheld.push('memo');
  const steps = plan.steps.map(redactStep);
  if (steps.some((step, at) => !same(step, plan.steps[at]))) withheld.push('steps');
  return { request: { ...request, values }, plan: { ...plan, memo, steps }, withheld };
}

/** A step as it may be kept. */
function redactStep(step: Step): Step {
  return { ...step, write: redactWrite(step.write), diff: step.diff.map(redactAtPath) };
}

/** A write as it may be kept: it can still be compared with an object redacted by `redactObject`. */
export function redactWrite(write: Write): Write {
  if (write.verb === 'delete') return write;
  if (write.verb === 'create' || write.verb === 'apply' || write.type === 'merge')
    return { ...write, body: redactObject(write.kind, write.body) };
  // Of a Secret, whatever is not metadata is secret.
  const inSecret = (path: string) => write.kind === 'plan' && !path.startsWith('/metadata/');
  return {
    ...write,
    body: write.body.map((change) => {
      if (!('value' in change)) return change;
      if (inSecret(change.path)) return { ...change, value: redacted(sizeOf(JSON.stringify(change.value) ?? '')) };
      return redactAtPath(change);
    }),
  };
}

/** An object of a kind, whole or in part, without its secrets. */
export function redactObject(kind: Write['kind'], object: Raw): Raw {
  if (kind !== 'plan') return redact(object) as Raw;
  // A part of a Secret does not say that it is one.
  const { kind: _kind, ...rest } = redact({ ...object, kind: 'Secret' }) as Record<string, unknown>;
  return 'kind' in object ? { kind: object['kind'], ...rest } : rest;
}

/** Whatever stands at a path whose last name is that of a secret is one. */
export function redactAtPath<T extends { path: string }>(change: T): T {
  const name = change.path.slice(change.path.search(/[^/.]*$/)).replace(/~1/g, '/');
  const hide = (value: unknown): unknown => {
    if (isSecretKey(name) && typeof value === 'string') return redacted(sizeOf(value));
    return (redact({ [name === '' ? 'value' : name]: value }) as Record<string, unknown>)[name === '' ? 'value' : name];
  };
  const copy: Record<string, unknown> = { ...change };
  for (const key of ['value', 'from', 'to']) if (key in copy) copy[key] = hide(copy[key]);
  return copy as T;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
