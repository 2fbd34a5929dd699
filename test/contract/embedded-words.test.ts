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
});
