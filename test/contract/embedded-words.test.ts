import { beforeEach, describe, expect, it } from 'vitest';
import { type Api, createApi } from '../../src/simulator/api/api.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const POOLS = '/apis/infrastructure.cluster.x-k8s.io/v1beta1/namespaces/cpaas-system/machineinventorypools';

describe('the words of the embedded server', () => {
  let api: Api;
  beforeEach(() => {
    api = createApi();
  });

  async function ask(method: string, url: string, body = '', contentType = 'application/json', accept = '*/*') {
    const { pathname: path, searchParams: query } = new URL(url, 'http://server');
    const user = { name: 'admin', groups: ['system:masters'] };
    const answer = await api.handle({ method, path, query, accept, contentType, body, user });
    const text = typeof answer.body === 'string' ? answer.body : '';
    return { code: answer.status, message: '', ...(text.startsWith('{') ? JSON.parse(text) : {}) };
  }

  it('about bodies that are no JSON are those of Go', async () => {
    const words =
      "couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of object key string";
    const unrecognized = (kind: string) =>
      `the object provided is unrecognized (must be of type ${kind}): ${words} ({bad)`;
    const posts: readonly (readonly [string, string])[] = [
      [MAPS, 'ConfigMap'],
      [POOLS, 'MachineInventoryPool'],
      ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'SelfSubjectAccessReview'],
      ['/apis/authorization.k8s.io/v1/subjectaccessreviews', 'SubjectAccessReview'],
      ['/api/v1/namespaces/default/pods/x/eviction', 'Eviction'],
      ['/api/v1/namespaces/default/bindings', 'Binding'],
    ];
    for (const [path, kind] of posts) {
      expect(await ask('POST', path, '{bad')).toMatchObject({ code: 400, message: unrecognized(kind) });
    }
    expect(await ask('PUT', `${MAPS}/a`, '{bad')).toMatchObject({ code: 400, message: unrecognized('ConfigMap') });
    const { reason, ...deleted } = await ask('DELETE', `${MAPS}/a`, '{bad');
    expect(deleted).toMatchObject({ code: 500, message: words });
    expect(reason).toBeUndefined();
  });

  it('about what is posted and says nothing are about what is missing', async () => {
    expect(await ask('POST', MAPS, 'null')).toMatchObject({
      code: 422,
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    });
    expect(await ask('POST', POOLS, '{"metadata":{"name":"a"}}')).toMatchObject({
      code: 400,
      message:
        'MachineInventoryPool in version "v1beta1" cannot be handled as a MachineInventoryPool: Object \'Kind\' is missing in \'{"metadata":{"name":"a"}}\'',
    });
  });

  it('about patches that are none are those of Go', async () => {
    await ask('POST', MAPS, '{"metadata":{"name":"a"}}');
    const patch = async (type: string, body: string) => {
      const query = type === 'apply-patch+yaml' ? '?fieldManager=me' : '';
      const { code, message } = await ask('PATCH', `${MAPS}/a${query}`, body, `application/${type}`);
      return `${code} ${message}`;
    };
    const end = 'unexpected end of JSON input';
    expect(await patch('merge-patch+json', '{')).toBe(`400 error decoding patch: ${end}`);
    expect(await patch('json-patch+json', '{')).toBe(`400 error decoding patch: ${end}`);
    expect(await patch('strategic-merge-patch+json', '{')).toBe(`400 ${end}`);
    expect(await patch('json-patch+json', '{}')).toBe(
      '400 error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
    expect(await patch('strategic-merge-patch+json', '[]')).toBe(
      '400 json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
    expect(await patch('json', '{}')).toBe('415 415: Unsupported Media Type');
    expect(await patch('apply-patch+yaml', '{a: b')).toBe(
      "400 error decoding YAML: error converting YAML to JSON: yaml: line 1: did not find expected ',' or '}'",
    );
  });

  it('takes bodies in YAML', async () => {
    const made = await ask('POST', MAPS, 'metadata:\n  name: yes-1\ndata:\n  a: "1"\n', 'application/yaml');
    expect(made).toMatchObject({ metadata: { name: 'yes-1' }, data: { a: '1' } });
    expect(await ask('POST', MAPS, 'a: b: c', 'application/yaml')).toMatchObject({
      code: 400,
      message:
        'the object provided is unrecognized (must be of type ConfigMap): yaml: mapping values are not allowed in this context (613a20623a2063)',
    });
    expect(await ask('DELETE', `${MAPS}/yes-1`, 'kind: DeleteOptions', 'application/yaml')).toMatchObject({
      status: 'Success',
    });
    expect(await ask('POST', MAPS, '{}', 'text/plain')).toMatchObject({
      code: 415,
      message:
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    });
  });

  it('about continue tokens that no server gave', async () => {
    const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const at = async (value: string) => (await ask('GET', `${MAPS}?continue=${value}`)).message;
    const start = 'invalid continue token: continue key is not valid: ';
    const v = 'meta.k8s.io/v1';
    expect(await at('abc')).toBe(`${start}invalid character 'i' looking for beginning of value`);
    expect(await at('ab*c')).toBe(`${start}illegal base64 data at input byte 2`);
    expect(await at(token({ v: 'meta.k8s.io/v2', rv: 1, start: 'a' }))).toBe(
      `${start}server does not recognize this encoded version "meta.k8s.io/v2"`,
    );
    expect(await at(token({ v, start: 'a' }))).toBe(
      `${start}incorrect encoded start resourceVersion (version meta.k8s.io/v1)`,
    );
    expect(await at(token({ v, rv: 1 }))).toBe(`${start}encoded start key empty (version meta.k8s.io/v1)`);
    expect(await at(token({ v, rv: 1, start: '../a' }))).toBe(`${start}../a`);
  });

  it('about label selectors that select nothing that labels could be', async () => {
    const about = async (selector: string) => {
      const { code, message } = await ask('GET', `${MAPS}?labelSelector=${encodeURIComponent(selector)}`);
      return code === 400 ? message.replace('unable to parse requirement: ', '~ ') : code;
    };
    expect(await about('a in')).toBe("~ found '' expected: '('");
    expect(await about('a in b')).toBe("~ found 'b' expected: '('");
    expect(await about('a in (b c)')).toBe("~ found 'c', expected: ',' or ')'");
    expect(await about('a in (=')).toBe("~ found '=', expected: ',', ')' or identifier");
    expect(await about('!')).toBe("~ found '', expected: identifier");
    expect(await about('!a=b')).toBe("found '=', expected: ',' or 'end of string'");
    expect(await about('(a)')).toBe("found '(', expected: !, identifier, or 'end of string'");
    expect(await about('a===b')).toBe("~ found '=', expected: identifier");
    expect(await about('a>x')).toBe(
      `~ values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    );
    expect(await about('a in (b, -c)')).toMatch(
      /^~ values\[0\]\[a\]: Invalid value: "-c": a valid label must be an empty string/,
    );
    expect(await about(`a=${'x'.repeat(64)}`)).toMatch(/: must be no more than 63 bytes$/);
    expect(await about('-a=b')).toMatch(/^~ <nil>: Invalid value: "-a": name part must consist of/);
    for (const fine of ['a in ()', 'a in (,)', 'in=b', 'notin', 'a=', 'a!=']) expect(await about(fine)).toBe(200);
  });

  it('about paths and methods are those of whoever serves the kind', async () => {
    const said = async (method: string, path: string) => {
      const { pathname, searchParams: query } = new URL(path, 'http://server');
      const user = { name: 'admin', groups: ['system:masters'] };
      const request = { method, path: pathname, query, accept: '*/*', contentType: '', body: '', user };
      const { status, body } = await api.handle(request);
      return `${status} ${String(body).startsWith('{') ? JSON.parse(String(body)).message : String(body).trim()}`;
    };
    const nowhere = 'the server could not find the requested resource';
    expect(await said('GET', '/apis/apps/v1/nope')).toBe(`404 ${nowhere}`);
    expect(await said('GET', '/apis/apps/v9')).toBe(`404 ${nowhere}`);
    expect(await said('GET', '/apis/infrastructure.cluster.x-k8s.io/v9/x')).toBe('404 404 page not found');
    const everywhere = POOLS.replace('/namespaces/cpaas-system', '');
    expect(await said('DELETE', everywhere)).toBe('404 404 page not found');
    expect(await said('PUT', POOLS)).toBe('400 name must be provided');
    const not = '405 the server does not allow this method on the requested resource';
    for (const path of ['/version', '/api/v1', '/apis/apps/v1']) expect(await said('DELETE', path)).toBe(not);
    expect(await said('HEAD', MAPS)).toBe(not);
    expect(await said('GET', '/api/v1/namespaces/default/')).toBe(await said('GET', '/api/v1/namespaces/default'));
    expect(await said('DELETE', `${MAPS}/none?gracePeriodSeconds=abc`)).toBe(
      '400 strconv.ParseInt: parsing "abc": invalid syntax',
    );
    expect(await said('GET', '/livez?verbose&exclude=etcd&exclude=nope')).toMatch(
      /\n\[\+\]etcd excluded: ok\n[\s\S]*\nwarn: some health checks cannot be excluded: no matches for "nope"\nlivez check passed$/,
    );
  });
});
