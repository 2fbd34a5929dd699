/** /logs/ of a kubelet: the files under /var/log that are known, those of its Pods. Pages as Go's net/http lists directories. */

import type { Core } from '../core.ts';
import { ApiError } from '../errors.ts';
import { podLog } from '../pod-logs.ts';
import { type ApiAnswer, isRecord, type KubeObject } from '../types.ts';
import { identityOf } from './summary.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (names: readonly string[]): ApiAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${[...names]
    .sort()
    .map((name) => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`)
    .join('')}</pre>\n`,
});

const statusesOf = ({ status }: KubeObject): Record<string, unknown>[] =>
  Array.isArray(status?.['containerStatuses']) ? status['containerStatuses'].filter(isRecord) : [];

/** Answers for what is at `steps` below /var/log, with the Pods of a Node. Throws 404 where there is nothing. */
export function logFiles(core: Core, pods: readonly KubeObject[], steps: readonly string[]): ApiAnswer {
  const [top = '', folder = '', container = '', file = ''] = steps;
  const missing = new ApiError(404, 'NotFound', '404 page not found', { plain: true });
  if (top === '') return page(['containers/', 'pods/']);
  const folderOf = (pod: KubeObject) => `${pod.metadata.namespace}_${pod.metadata.name}_${identityOf(pod)}`;
  if (top === 'containers') {
    const links = pods.flatMap((pod) =>
      statusesOf(pod).flatMap(({ name, containerID }) => {
        const id = String(containerID ?? '').replace('containerd://', '');
        const link = `${pod.metadata.name}_${pod.metadata.namespace}_${String(name)}-${id}.log`;
        return id ? [{ link, pod, name: String(name) }] : [];
      }),
    );
    if (folder === '') return page(links.map(({ link }) => link));
    const found = links.find(({ link }) => link === folder);
    if (!found) throw missing;
    return contentOf(core, found.pod, found.name);
  }
  if (top !== 'pods') throw missing;
  if (folder === '') return page(pods.map((pod) => `${folderOf(pod)}/`));
  const pod = pods.find((one) => folderOf(one) === folder);
  if (!pod) throw missing;
  const statuses = statusesOf(pod);
  if (container === '') return page(statuses.map(({ name }) => `${String(name)}/`));
  const status = statuses.find(({ name }) => name === container);
  if (!status) throw missing;
  const current = `${Number(status['restartCount'] ?? 0)}.log`;
  if (file === '') return page([current]);
  if (file !== current) throw missing;
  return contentOf(core, pod, container);
}

/** A log as the runtime writes it: each line with its time and its stream. */
function contentOf(core: Core, pod: KubeObject, container: string): ApiAnswer {
  if (!core.logs) return { status: 200, headers: {}, body: '' };
  const answer = podLog(core, core.logs, pod, container, new URLSearchParams({ timestamps: 'true' }));
  const body = String(answer.body).replace(/^(\S+) /gm, '$1 stderr F ');
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
