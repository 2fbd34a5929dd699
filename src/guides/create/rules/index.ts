/** All rules over answers, and what they say to a set of them. */
import type { Known } from '../known.ts';
import { isAsked, QUESTIONS } from '../questions/index.ts';
import { valueAt } from '../values.ts';
import { endpointRules } from './endpoint.ts';
import { hostRules } from './hosts.ts';
import { installRules } from './install.ts';
import { nameRules } from './name.ts';
import { networkRules } from './networks.ts';
import { error, type Finding, type Given, type Rule } from './rule.ts';

export type { Finding, Given, Rule } from './rule.ts';

/** What has to be answered. */
const required: Rule = {
  id: 'required',
  about: 'Nothing that has to be answered is missing',
  check: (given) =>
    QUESTIONS.filter((question) => !question.optional && isAsked(question, given as Record<string, unknown>))
      .filter(
        ({ path, kind }) =>
          kind !== 'list' && kind !== 'hosts' && valueAt(given as Record<string, unknown>, path) === undefined,
      )
      // These say it better themselves.
      .filter(({ path }) => !/^(networks|endpoint|controlPlane|workers)\./.test(path))
      .map(({ path, title }) => error(path, `${title} is missing`)),
};

export const RULES: readonly Rule[] = [
  required,
  ...nameRules,
  ...installRules,
  ...endpointRules,
  ...networkRules,
  ...hostRules,
];

export interface Verdict {
  findings: readonly Finding[];
  /** Rules that could not be told, with what is not known. */
  unchecked: readonly { rule: string; about: string; lacks: readonly (keyof Known)[] }[];
}

/** Every rule over the answers as far as they go. Never throws. */
export function validate(given: Given, known: Known): Verdict {
  const findings: Finding[] = [];
  const unchecked: Verdict['unchecked'][number][] = [];
  for (const { id, about, from = [], partial, check } of RULES) {
    const lacks = from.filter((what) => known[what] === undefined);
    if (lacks.length > 0) unchecked.push({ rule: id, about, lacks });
    if (lacks.length === 0 || partial) findings.push(...check(given, known));
  }
  return { findings: errorsFirst(findings), unchecked };
}

function errorsFirst(findings: readonly Finding[]): Finding[] {
  const order = (path: string) => QUESTIONS.findIndex((question) => question.path === path);
  return findings
    .filter((one, at) => findings.findIndex(({ path, text }) => path === one.path && text === one.text) === at)
    .sort(
      (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning') || order(a.path) - order(b.path),
    );
}

/** Whether answers may be used. */
export function isSound({ findings }: Pick<Verdict, 'findings'>): boolean {
  return !findings.some(({ severity }) => severity === 'error');
}
