/** Watches had paths of their own once, and have them still: `/api/v1/watch/namespaces/x/pods/y`. */

import { pathParts } from './target.ts';
import type { ApiRequest } from './types.ts';

const OLD_WATCH = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/watch\/(.+)$/;
/** Whether a path is one of those. */
export const isOldWatch = (path: string): boolean => OLD_WATCH.test(path);

/** The same request as it is made today. */
export function asWatch(request: ApiRequest): ApiRequest {
  const [, root = '', rest = ''] = OLD_WATCH.exec(request.path) ?? [];
  const query = new URLSearchParams(request.query);
  query.set('watch', 'true');
  const path = `${root}/${rest}`;
  const name = pathParts(path)?.name;
  if (name === undefined) return { ...request, path, query };
  query.set('fieldSelector', `metadata.name=${name}`);
  return { ...request, path: path.slice(0, path.lastIndexOf('/')), query };
}
