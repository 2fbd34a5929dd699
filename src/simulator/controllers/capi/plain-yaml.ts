/**
 * Writes YAML in the style of Go's sigs.k8s.io/yaml: keys in order, lists not indented, quotes only where they are needed.
 * A world of thousands of Machines has as many documents, for which a general writer takes too long.
 */

/** The lines of a value, each behind `indent`. Fields that are undefined are left out. */
export function yamlLines(value: unknown, indent = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [`${indent}[]`] : value.flatMap((one) => item(one, indent));
  if (!isMap(value)) return [`${indent}${scalar(value)}`];
  const entries = entriesOf(value);
  return entries.length === 0 ? [`${indent}{}`] : entries.flatMap(([key, inner]) => field(key, inner, indent));
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const entriesOf = (map: Record<string, unknown>): [string, unknown][] =>
  Object.entries(map)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));

function field(key: string, value: unknown, indent: string): string[] {
  const name = `${indent}${scalar(key)}:`;
  if (!isMap(value)) return [`${name} ${scalar(value)}`];
  if (Array.isArray(value)) return value.length === 0 ? [`${name} []`] : [name, ...yamlLines(value, indent)];
  const entries = entriesOf(value);
  if (entries.length === 0) return [`${name} {}`];
  return [name, ...entries.flatMap(([inner, one]) => field(inner, one, `${indent}  `))];
}

/** A list's item: its first line begins with a dash in place of the indentation. */
function item(value: unknown, indent: string): string[] {
  const [first = '', ...rest] = yamlLines(value, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** What begins with a digit is no number only if it is an address, a version or a duration. */
const plain =
  /^(?:\d+h\d+m\d+s|[A-Za-z/_][\w/.:=@%+,~()-]*(?: [\w/.:=@%+,~()-]+)*|\d+(?:\.\d+){2}[\w.-]*|\d+(?:\.\d+){3}[:/]\d+)$/;
const words = /^(?:true|false|yes|no|on|off|y|n|null|~)$/i;

function scalar(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  const safe = plain.test(value) && !words.test(value) && !/: |:$/.test(value);
  return safe ? value : JSON.stringify(value);
}
