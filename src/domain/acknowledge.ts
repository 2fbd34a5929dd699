/** Acknowledged causes: somebody knows of it and said why. It stays counted, and comes back when it is not the same any more. */
import type { Cause } from './explain/attention.ts';
import type { ObjectRef, Severity } from './fleet/rows.ts';
import { redactText } from './redact-text.ts';
import { cleanLine } from './text.ts';

export interface Acknowledgement {
  /** The object of the cause. */
  ref: ObjectRef;
  /** Name of the failure that was acknowledged. */
  cause: string;
  severity: Severity;
  /** What was said of it then. */
  text: string;
  /** Why nothing has to be done for now. */
  reason: string;
  by: string;
  /** Epoch ms. */
  at: number;
  /** When it ends by itself, epoch ms. */
  until: number;
}

const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };
export const DEFAULT_MS = 8 * 60 * MINUTE;
/** What nobody looks at for longer is no acknowledgement, but a thing forgotten. */
export const LONGEST_MS = 7 * 24 * 60 * MINUTE;
export const REASON_LENGTH = 300;

/** What was entered: `30m disk is on its way`, or a reason alone, which holds for eight hours. */
export type Entered = { ms: number; reason: string } | { withdraw: true } | { refused: string };

/** Reads an entered line. Nothing at all, without a length of time, withdraws. */
export function parseEntered(line: string): Entered {
  const [, amount, unit, rest = ''] =
    /^\s*(?:(\d{1,5}(?:\.\d{1,2})?)\s*([mhd])(?:\s+|$))?(.*)$/i.exec(cleanLine(line)) ?? [];
  const reason = redactText(rest).trim().slice(0, REASON_LENGTH);
  const ms = amount === undefined ? DEFAULT_MS : Number(amount) * (UNITS[unit!.toLowerCase()] ?? 0);
  if (amount === undefined && reason === '') return { withdraw: true };
  if (reason === '') return { refused: 'say why' };
  if (ms < MINUTE) return { refused: 'at least 1m' };
  if (ms > LONGEST_MS) return { refused: 'at most 7d' };
  return { ms, reason };
}

/** What decides whether it is still the same: what stands before the reported words, without the counting of tries. */
function head(text: string): string {
  return text
    .split(':')[0]!
    .replace(/,? (?:after \d+ tries|try \d+(?: of \d+)?)/, '')
    .trim();
}

/** Whether an acknowledgement holds for what is there now: the same cause, no worse, and not over. */
export function holds(ack: Acknowledgement | undefined, cause: Cause, now: number): boolean {
  if (!ack || ack.ref.uid !== cause.ref.uid || now >= ack.until || now < ack.at - DEFAULT_MS) return false;
  if (ack.cause !== cause.id) return false;
  if (ack.severity === 'warn' && cause.severity === 'bad') return false;
  return head(ack.text) === head(cause.text);
}

const text = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= most;
const time = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 8.64e15;

/** What was kept, as far as it can be one; never throws. What is shown of it holds no control characters. */
export function readAcknowledgement(kept: string): Acknowledgement | undefined {
  try {
    const { v, ref, cause, severity, text: said, reason, by, at, until } = JSON.parse(kept) as Record<string, unknown>;
    const { kind, uid, name } = (ref ?? {}) as Record<string, unknown>;
    if (v !== 1 || !text(kind, 40) || !text(uid, 200) || !text(name, 300)) return undefined;
    if (!text(cause, 100) || !text(said, 500) || !text(reason, 2 * REASON_LENGTH) || !text(by, 200)) return undefined;
    if ((severity !== 'bad' && severity !== 'warn') || !time(at) || !time(until) || until - at > LONGEST_MS)
      return undefined;
    return {
      ref: { kind: kind as ObjectRef['kind'], uid, name: cleanLine(name) },
      cause: cleanLine(cause),
      severity,
      text: cleanLine(said),
      reason: redactText(cleanLine(reason)),
      by: cleanLine(by),
      at,
      until,
    };
  } catch {
    return undefined;
  }
}

/** As it is kept. */
export const acknowledgementText = (ack: Acknowledgement): string => `${JSON.stringify({ v: 1, ...ack })}\n`;
