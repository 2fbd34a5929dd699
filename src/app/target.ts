/** `deployment/prod-workers`, as it is typed, and the object it means. */
import { UsageError } from '../cli.ts';
import { API_KIND, KINDS, type Kind } from '../domain/kinds.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';

/** Kind and name as typed; the kind as metaldeck, the API or kubectl calls it. Throws UsageError. */
export function parseTarget(text: string): { kind: Kind; name: string } {
  const at = text.indexOf('/');
  const [word, name] = [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  if (at < 1 || name === '' || name.includes('/')) {
    throw new UsageError(`a target is KIND/NAME, not "${text}"; nothing was done.`);
  }
  const kind = KINDS.find((one) => {
    const { resource, group } = KINDS_TABLE[one];
    const names = [one, API_KIND[one], resource, `${resource}.${group}`, resource.replace(/s$/, '')];
    return names.some((each) => each.toLowerCase() === word);
  });
  if (!kind) throw new UsageError(`there is no kind "${word}"; nothing was done.`);
  return { kind, name };
}

export { refByName as resolveTarget } from '../domain/fleet/by-name.ts';
