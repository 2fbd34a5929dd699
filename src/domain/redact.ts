/**
 * Objects as the YAML view may show them. Secret values are replaced by a word of their size; registration and
 * download URLs, which onboarding shows whole on purpose, lose their token here.
 */
import { isSecretKey, redacted, redactText, redactUrl, sizeOf } from './redact-text.ts';
import { cleanLine, cleanText } from './text.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const TOKEN_URL = /^(?:registrationURL|downloadURL|checksumURL)$/;
/** Everything under it is an account's password. */
const SECRET_TREE = /^chpasswd$/;
const DEPTH_CAP = 64;
const STRING_CAP = 65_536;
/** So much more is looked at, so that a secret across the cut is known as one. */
const MARGIN = 8_192;

type Bag = Record<string, unknown>;

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bag(): Bag {
  return Object.setPrototypeOf({}, null);
}

function redactString(value: string, key: string, hidden: boolean): string {
  if (value === '') return '';
  if (hidden || isSecretKey(key)) return redacted(sizeOf(value));
  const seen = value.length > STRING_CAP + MARGIN ? value.slice(0, STRING_CAP + MARGIN) : value;
  if (TOKEN_URL.test(key)) return cleanLine(redactUrl(seen), STRING_CAP);
  // A name is no secret, and an Event's may look like a join token: `rack01.18e9eaf1984388c7`.
  if (key === 'name') return cleanLine(value);
  return cleanText(redactText(seen), STRING_CAP);
}

function redactValue(value: unknown, key: string, hidden: boolean, depth: number): unknown {
  if (typeof value === 'string') return redactString(value, key, hidden);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_CAP) return '<too deep to show>';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, key, hidden, depth + 1));
  return redactBag(value as Bag, hidden || SECRET_TREE.test(key), depth + 1);
}

/** Fields that hold a secret because of what stands beside them: `{name: X_TOKEN, value}`, `{encoding, content}`. */
function hiddenBeside(object: Bag): string | undefined {
  if (typeof object['name'] === 'string' && isSecretKey(object['name'])) return 'value';
  const path = object['path'];
  const secretFile = typeof path === 'string' && /(?:\.key|\.pem|kubeconfig|\.conf|token|secret|password)$/i.test(path);
  if (secretFile || (typeof object['encoding'] === 'string' && object['encoding'] !== '')) return 'content';
  return undefined;
}

function redactBag(object: Bag, hidden: boolean, depth: number): Bag {
  const copy = bag();
  const beside = hiddenBeside(object);
  for (const [key, value] of Object.entries(object)) {
    copy[cleanLine(key)] = redactValue(value, key, hidden || key === beside, depth);
  }
  return copy;
}

/** Every value of a Secret's `data` or `stringData`, by size: base64 counts as what it decodes to. */
function redactData(data: unknown, base64: boolean): unknown {
  if (!isBag(data)) return redacted(sizeOf(JSON.stringify(data) ?? ''));
  const copy = bag();
  for (const [key, value] of Object.entries(data)) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    copy[cleanLine(key)] = redacted(base64 ? Buffer.from(text, 'base64').length : sizeOf(text));
  }
  return copy;
}

function withoutNoise(metadata: Bag): Bag {
  const { managedFields: _managed, ...kept } = metadata;
  if (!isBag(kept['annotations'])) return kept;
  const { [LAST_APPLIED]: _applied, ...annotations } = kept['annotations'];
  return { ...kept, annotations };
}

/** Items of a typed list come without their kind: a Secret is then known by its data and type. */
function isSecret(object: Bag): boolean {
  if (object['kind'] !== undefined) return object['kind'] === 'Secret';
  return typeof object['type'] === 'string' && ('data' in object || 'stringData' in object);
}

/**
 * A copy of a raw API object fit to be shown: no managedFields, no last-applied annotation, no secret values, every
 * string clean. Takes any value; never throws, never changes its argument.
 */
export function redact(raw: unknown): unknown {
  if (!isBag(raw)) return redactValue(raw, '', false, 0);
  const { data, stringData, ...rest } = raw;
  const secret = isSecret(raw);
  const object = secret ? rest : { ...raw };
  if (isBag(object['metadata'])) object['metadata'] = withoutNoise(object['metadata']);
  const copy = redactBag(object, false, 0);
  if (secret && data !== undefined) copy['data'] = redactData(data, true);
  if (secret && stringData !== undefined) copy['stringData'] = redactData(stringData, false);
  return copy;
}
