import { badRequest } from '../errors.ts';
import { isLabelKey, LABEL_KEY_RULE } from '../kinds/names.ts';
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
  const requirements: ((labels: Record<string, string>) => boolean)[] = [];
  if (peek().kind === 'end') return () => true;

  for (;;) {
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
    if (key.kind !== 'word') throw badRequest(`found '${key.text}', expected: !, identifier, or 'end of string'`);
    if (!isLabelKey(key.text)) {
      throw badRequest(`unable to parse requirement: invalid label key "${key.text}": ${LABEL_KEY_RULE}`);
    }
    const has = (labels: Record<string, string>) => Object.hasOwn(labels, key.text);
    if (negated) return (labels) => !has(labels);
    const next = peek();
    if (next.kind === 'end' || next.text === ',') return has;
    take();
    switch (next.text) {
      case '=':
      case '==': {
        const value = exactWord();
        return (labels) => has(labels) && labels[key.text] === value;
      }
      case '!=': {
        const value = exactWord();
        return (labels) => !has(labels) || labels[key.text] !== value;
      }
      case 'in':
      case 'notin': {
        const values = set();
        return next.text === 'in'
          ? (labels) => has(labels) && values.has(labels[key.text]!)
          : (labels) => !has(labels) || !values.has(labels[key.text]!);
      }
      case '>':
      case '<': {
        const bound = Number.parseInt(optionalWord(), 10);
        return (labels) => {
          const value = Number.parseInt(labels[key.text] ?? '', 10);
          return next.text === '>' ? value > bound : value < bound;
        };
      }
      default:
        throw badRequest(`unable to parse requirement: found '${next.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  function optionalWord(): string {
    return peek().kind === 'word' ? take().text : '';
  }

  /** One value, or none at the end of a requirement. */
  function exactWord(): string {
    const { kind, text } = peek();
    if (kind === 'operator' && text !== ',') {
      throw badRequest(`unable to parse requirement: found '${text}', expected: identifier`);
    }
    return optionalWord();
  }

  function set(): Set<string> {
    const values = new Set<string>();
    if (take().text !== '(') throw badRequest("unable to parse requirement: found '', expected: '('");
    for (;;) {
      values.add(optionalWord());
      const next = take();
      if (next.text === ')') return values;
      if (next.text !== ',')
        throw badRequest(`unable to parse requirement: found '${next.text}', expected: ',' or ')'`);
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
  return `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;
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
