/** From the text of answers to what can be made of it: read, checked, rendered. Everything of the guide begins here. */
import type { Kind } from '../../domain/kinds.ts';
import { kindOfApi } from '../../domain/kinds.ts';
import { at, str } from '../../domain/read.ts';
import type { Need, Raw, World } from '../../operations/contract.ts';
import type { Answers, Part } from './answers.ts';
import { type Known, knownOf } from './known.ts';
import { complete, parseAnswers } from './parse.ts';
import { type Manifest, manifestsOf } from './render/index.ts';
import { type Finding, isSound, type Verdict, validate } from './rules/index.ts';

/** Answers that hold, with what the cluster knows beside them. */
export interface Wish {
  answers: Answers;
  known: Known;
  verdict: Verdict;
  manifests: readonly Manifest[];
}

export interface Unsound {
  findings: readonly Finding[];
}

/** What answers come to, or what is wrong with them. `text`: of an answers file. */
export function wishOf(text: string, world: Pick<World, 'fleet' | 'freshness'>): Wish | Unsound {
  return wishUpon(text, knownOf(world.fleet, world.freshness));
}

/** The same upon what is known, which may be nothing. */
export function wishUpon(text: string, known: Known): Wish | Unsound {
  const { given, problems } = parseAnswers(text);
  if (problems.length > 0) return { findings: problems };
  const verdict = validate(given, known);
  if (!isSound(verdict)) return { findings: verdict.findings };
  const answers = complete(given);
  return { answers, known, verdict, manifests: manifestsOf(answers, known) };
}

export function isUnsound(wish: Wish | Unsound): wish is Unsound {
  return !('answers' in wish);
}

/**
 * The answers to go on with where they are `found` changed: those, once they hold and are of the same cluster; else those
 * that are `held`. What is half written, or being thought about, is looked at again later.
 */
export function takenUp(held: string, found: string, known: Known): string {
  if (found === held) return held;
  const [before, now] = [wishUpon(held, known), wishUpon(found, known)];
  return !isUnsound(now) && !isUnsound(before) && now.answers.cluster === before.answers.cluster ? found : held;
}

/** The first thing that is wrong, as a sentence. */
export function unsoundText({ findings }: Unsound): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return first ? `${first.path === '' ? '' : `${first.path}: `}${first.text}${more}` : 'the answers do not hold';
}

/** One object to be made, with the watched kind it is of. */
export interface Wanted {
  kind: Kind;
  name: string;
  body: Raw;
  file: string;
}

/** The objects of a part, in their order. */
export function wantedOf({ manifests }: Pick<Wish, 'manifests'>, part?: Part): Wanted[] {
  return manifests
    .filter((manifest) => part === undefined || manifest.part === part)
    .flatMap(({ objects, file }) =>
      objects.flatMap((body) => {
        const kind = kindOfApi(str(body['kind']) ?? '');
        const name = str(at(body, 'metadata', 'name'));
        return kind && name ? [{ kind, name, body, file }] : [];
      }),
    );
}

/** What has to be read whole to tell what differs. */
export function needsOf(wish: Pick<Wish, 'manifests'>, part?: Part): Need[] {
  // In the version in which it is written: another says the same in other words, and nothing could be compared.
  return wantedOf(wish, part).map(({ kind, name, body }) => ({ kind, name, apiVersion: str(body['apiVersion']) }));
}
