import { describe, expect, it } from 'vitest';
import { jsonError, parseMap, parseObject, summary } from '../../src/simulator/api/validation/go/json.ts';
import { parseYamlMap } from '../../src/simulator/api/validation/go/yaml.ts';

/** What a kube-apiserver of 1.20.2 said to each of them. */
const JSON_WORDS: readonly (readonly [string, string])[] = [
  ['{bad', "invalid character 'b' looking for beginning of object key string"],
  ['{', 'unexpected end of JSON input'],
  ['', 'unexpected end of JSON input'],
  ['nope', "invalid character 'o' in literal null (expecting 'u')"],
  ['}', "invalid character '}' looking for beginning of value"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['[1', 'unexpected end of JSON input'],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['"a', 'unexpected end of JSON input'],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"', "invalid character '\"' after object key:value pair"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{"a":1.x}', "invalid character 'x' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":"\\u00g"}', "invalid character 'g' in \\u hexadecimal character escape"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['{"a":nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['{"a":é}', "invalid character 'Ã' looking for beginning of value"],
  ['{"a":\'b\'}', "invalid character '\\'' looking for beginning of value"],
  ['{}x', "invalid character 'x' after top-level value"],
  ['\0', "invalid character '\\x00' looking for beginning of value"],
];

const YAML_WORDS: readonly (readonly [string, string])[] = [
  ['a: b: c', 'mapping values are not allowed in this context'],
  ['a: b\n  c: d', 'line 2: mapping values are not allowed in this context'],
  ['apiVersion: v1\nkind: ConfigMap\n metadata: x', 'line 3: mapping values are not allowed in this context'],
  ['a:\n  b: c\n d: e', 'line 2: did not find expected key'],
  ['a: b\n\tc: d', 'line 2: found a tab character that violates indentation'],
  ['a: [1, 2\nb: 3', "line 1: did not find expected ',' or ']'"],
  ['{a: [}', 'did not find expected node content'],
  ['{a: b', "line 1: did not find expected ',' or '}'"],
  ['key: [1, 2', "line 1: did not find expected ',' or ']'"],
  ['\t- x', 'found character that cannot start any token'],
  ['@x', 'found character that cannot start any token'],
  ['a: "b', 'found unexpected end of stream'],
  ['- a\nb: c', "line 1: did not find expected '-' indicator"],
  ['%', 'could not find expected directive name'],
  ['a: *x', "unknown anchor 'x' referenced"],
  ['\0', 'control characters are not allowed'],
];

describe('words of a server about texts', () => {
  it.each(JSON_WORDS)('of JSON: %j', (text, words) => {
    expect(jsonError(text)).toBe(words);
    expect(() => parseMap(text)).toThrow(new SyntaxError(words));
  });

  it('finds nothing wrong with JSON', () => {
    for (const text of ['{}', ' [ ] ', '0', '-0.5e+10', '"\\u00e9\\n"', '{"a":[1,{"b":null}],"c":true}', 'false\n']) {
      expect(jsonError(text)).toBeUndefined();
    }
  });

  it('of JSON that is no object, and of kinds that are no text', () => {
    expect(() => parseMap('[]')).toThrow('json: cannot unmarshal array into Go value of type map[string]interface {}');
    expect(parseMap('null')).toEqual({});
    expect(() => parseObject('5')).toThrow(
      /^couldn't get version\/kind; json parse error: json: cannot unmarshal number/,
    );
    expect(() => parseObject('{"kind":5}')).toThrow(
      "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string",
    );
    expect(parseObject('null')).toBeNull();
  });

  it('shows where a body begins', () => {
    expect(summary('')).toBe('<empty>');
    expect(summary('{bad')).toBe('{bad');
    expect(summary(`{"metadata":{"name":"q"},"data":{"a":"b"}}x`)).toBe('{"metadata":{"name":"q"},"data ...');
    expect(summary('nope')).toBe('6e6f7065');
  });

  it.each(YAML_WORDS)('of YAML: %j', (text, words) => {
    expect(() => parseYamlMap(text)).toThrow(new SyntaxError(`error converting YAML to JSON: yaml: ${words}`));
  });

  it('of YAML that is no map', () => {
    expect(() => parseYamlMap('- a')).toThrow(
      'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
    expect(parseYamlMap('# nothing')).toEqual({});
    expect(parseYamlMap('{"a": 1.5}')).toEqual({ a: 1.5 });
  });
});
