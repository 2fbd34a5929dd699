/** What a kubelet says of a hook that fails once a container has begun. After k8s.io/kubernetes/pkg/kubelet/lifecycle, handlers.go. */

import { digest } from '../digest.ts';
import type { Container, WorkPod } from './shapes.ts';
import { startError } from './start-errors.ts';

/** Why a container waits whose hook has failed a moment ago. */
export const HOOK_FAILED = 'PostStartHookError';

/** Its words, with those of the runtime; `code`: with which the command ended, where it could be run. */
export function hookWords(container: Container, { metadata }: WorkPod, code: number): string {
  const { postStart } = (container.lifecycle ?? {}) as { postStart?: { exec?: { command?: string[] } } };
  const words = postStart?.exec?.command ?? [];
  const { name, namespace, uid } = metadata;
  const unable = startError({ ...container, command: words, args: [] });
  const id = digest(`${uid}/${container.name}/postStart`);
  const run = `rpc error: code = Unknown desc = failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: `;
  const why = unable
    ? `${run}${unable.replace(/^.*?(unable to start container process: )(?:error during container init: )?/, '$1')}`
    : `command '${words.join(' ')}' exited with ${code}: `;
  return `Exec lifecycle hook ([${words.join(' ')}]) for Container "${container.name}" in Pod "${name}_${namespace}(${uid})" failed - error: ${why}, message: ""`;
}
