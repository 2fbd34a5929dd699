import { badRequest } from '../errors.ts';
import { keyFaults, labelFaults } from '../kinds/names.ts';
import type { Resource } from '../resources.ts';
import { isRecord, type KubeObject } from '../types.ts';

export type Predicate = (object: KubeObject) => boolean;

type Token = { text: string; kind: 'word' | 'operator' | 'end' };

const TOKEN = /\s*(?:(==|!=|=|!|,|\(|\)|>|<)|([^\s=!,()<>]+))/gy;

function tokenize(selector: string): Token[] {
  const tokens: Token[] = [];
  for (const [, operator, word] of selector.matchAll(TOKEN)) {
    tokens.push(operator !== undefined ? { text: operator, kind: 'operator' } : { text: word ?? '', kind: 'word' });
  }
  tokens.push({ text: '', kind: 'end' });
  return tokens;
}

/**
 * Parses a labelSelector: equality (`a=b`, `a==b`, `a!=b`), sets (`a in (b,c)`, `a notin (b)`), existence (`a`, `!a`)
 * and numbers (`a>1`, `a<2`), all joined by commas. Throws a 400 ApiError on anything else. Words are those of
 * k8s.io/apimachinery/pkg/labels/selector.go.
 */
export function parseLabelSelector(selector: string): Predicate {
  const tokens = tokenize(selector);
  let at = 0;
  const peek = (): Token => tokens[Math.min(at, tokens.length - 1)]!;
  const take = (): Token => tokens[Math.min(at++, tokens.length - 1)]!;
  const fail = (why: string) => badRequest(`unable to parse requirement: ${why}`);
  const requirements: ((labels: Record<string, string>) => boolean)[] = [];
  if (peek().kind === 'end') return () => true;

  for (;;) {
    if (peek().text !== '!' && peek().kind !== 'word') {
      throw badRequest(`found '${peek().text}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(requirement());
    const next = take();
    if (next.kind === 'end') break;
    if (next.text !== ',') throw badRequest(`found '${next.text}', expected: ',' or 'end of string'`);
    if (peek().text !== '!' && peek().kind !== 'word') {
      throw badRequest(`found '${peek().text}', expected: identifier after ','`);
    }
  }
  return ({ metadata }) => {
    const labels = isRecord(metadata.labels) ? metadata.labels : {};
    return requirements.every((matches) => matches(labels));
  };

  function requirement(): (labels: Record<string, string>) => boolean {
    const negated = peek().text === '!';
    if (negated) take();
    const key = take();
    if (key.kind !== 'word') throw fail(`found '${key.text}', expected: identifier`);
    const faults = keyFaults(key.text);
    if (faults.length > 0) throw fail(`<nil>: Invalid value: ${JSON.stringify(key.text)}: ${faults.join('; ')}`);
    const has = (labels: Record<string, string>) => Object.hasOwn(labels, key.text);
    if (negated) return (labels) => !has(labels);
    const next = peek();
    if (next.kind === 'end' || next.text === ',') return has;
    take();
    switch (next.text) {
      case '=':
      case '==': {
        const [value] = checked(key.text, [exactWord()]);
        return (labels) => has(labels) && labels[key.text] === value;
      }
      case '!=': {
        const [value] = checked(key.text, [exactWord()]);
        return (labels) => !has(labels) || labels[key.text] !== value;
      }
      case 'in':
      case 'notin': {
        const values = new Set(checked(key.text, set()));
        return next.text === 'in'
          ? (labels) => has(labels) && values.has(labels[key.text]!)
          : (labels) => !has(labels) || !values.has(labels[key.text]!);
      }
      case '>':
      case '<': {
        const word = exactWord();
        const why = "for 'Gt', 'Lt' operators, the value must be an integer";
        if (!/^[-+]?\d+$/.test(word)) throw fail(`values[0]: Invalid value: ${JSON.stringify(word)}: ${why}`);
        const bound = Number.parseInt(checked(key.text, [word])[0]!, 10);
        return (labels) => {
          const value = Number.parseInt(labels[key.text] ?? '', 10);
          return next.text === '>' ? value > bound : value < bound;
        };
      }
      default:
        throw fail(`found '${next.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  /** Values that labels can have. */
  function checked(key: string, values: string[]): string[] {
    const causes = values.flatMap((value, at) => {
      const faults = labelFaults(value);
      if (faults.length === 0) return [];
      return [`values[${at}][${key}]: Invalid value: ${JSON.stringify(value)}: ${faults.join('; ')}`];
    });
    if (causes.length > 0) throw fail(causes.length === 1 ? causes[0]! : `[${causes.join(', ')}]`);
    return values;
  }

  /** One value, or none at the end of a requirement. */
  function exactWord(): string {
    const { kind, text } = peek();
    if (kind === 'end' || text === ',') return '';
    if (kind === 'operator') throw fail(`found '${text}', expected: identifier`);
    return take().text;
  }

  /** Values in parentheses, sorted; commas alone stand for a value of no letters. */
  function set(): string[] {
    const opening = take();
    if (opening.text !== '(') throw fail(`found '${opening.text}' expected: '('`);
    const values = new Set<string>();
    if (peek().kind !== 'word' && ![',', ')'].includes(peek().text)) {
      throw fail(`found '${peek().text}', expected: ',', ')' or identifier`);
    }
    for (;;) {
      values.add(peek().kind === 'word' ? take().text : '');
      const next = take();
      if (next.text === ')') return [...values].sort();
      if (next.text !== ',') throw fail(`found '${next.text}', expected: ',' or ')'`);
    }
  }
}

/**
 * Parses a fieldSelector: `field=value`, `field==value`, `field!=value`, joined by commas. Throws a 400 ApiError on
 * other forms and on fields that the kind does not offer.
 */
export function parseFieldSelector(selector: string, resource: Resource): Predicate {
  const terms = selector.split(',').filter((term) => term !== '');
  const tests = terms.map((term): Predicate => {
    const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
    const [, field = '', operator, value = ''] = match;
    const known = field === 'metadata.name' || field === 'metadata.namespace' || resource.fields.includes(field);
    if (!known) throw badRequest(unknownField(resource, field));
    return (object) => (readField(object, field) === value) === (operator !== '!=');
  });
  return (object) => tests.every((matches) => matches(object));
}

/** As apiextensions words it, k8s.io/apimachinery/pkg/runtime/conversion.go, and the groups' own conversion.go. */
function unknownField({ custom, kind, fields }: Resource, field: string): string {
  if (kind === 'Job' && !custom) return `field label "${field}" not supported for Job`;
  if (custom || fields.length > 0) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** What a field is to a selector where the object does not say it, or says it elsewhere. */
const READ: Readonly<Record<string, (object: KubeObject) => unknown>> = {
  'Node spec.unschedulable': ({ spec }) => spec?.['unschedulable'] === true,
  'Pod spec.hostNetwork': ({ spec }) => spec?.['hostNetwork'] === true,
  'ReplicationController status.replicas': ({ status }) => status?.['replicas'] ?? 0,
  'Job status.successful': ({ status }) => status?.['succeeded'] ?? 0,
  // An event's reporter is one field to a selector and two in the object.
  'Event source': (event) => (isRecord(event['source']) && event['source']['component']) || event['reportingComponent'],
};

function readField(object: KubeObject, field: string): string {
  const read = READ[`${object.kind} ${field}`];
  let value: unknown = read === undefined ? object : read(object);
  if (read === undefined) for (const step of field.split('.')) value = isRecord(value) ? value[step] : undefined;
  return value === undefined || value === null ? '' : String(value);
}

/** Both selectors of a list, watch or deletecollection. */
export function parseSelectors(query: URLSearchParams, resource: Resource): Predicate {
  const label = query.get('labelSelector');
  const field = query.get('fieldSelector');
  const byLabel = label ? parseLabelSelector(label) : undefined;
  const byField = field ? parseFieldSelector(field, resource) : undefined;
  if (byLabel === undefined) return byField ?? (() => true);
  if (byField === undefined) return byLabel;
  return (object) => byLabel(object) && byField(object);
}

/** metav1.LabelSelector, as far as its text goes. */
export interface LabelSelector {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

/** A selector as Kubernetes writes it: `a=b,c in (d,e)`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }): [string, string] => {
    if (operator === 'Exists') return [key, key];
    if (operator === 'DoesNotExist') return [key, `!${key}`];
    return [key, `${key} ${operator === 'In' ? 'in' : 'notin'} (${[...values].sort().join(',')})`];
  });
  return [
    ...Object.entries(matchLabels).map(([key, value]): [string, string] => [key, `${key}=${value}`]),
    ...expressions,
  ]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text)
    .join(',');
}
