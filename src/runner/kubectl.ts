/** The writes of a step as kubectl commands, for change records and for hands without metaldeck. */
import { redactText } from '../domain/redact-text.ts';
import { KINDS_TABLE } from '../kube/kinds.ts';
import type { Step } from '../operations/contract.ts';
import { FIELD_MANAGER } from './write.ts';

/** Quotes a word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where and as whom metaldeck writes: a pasted command must not land in another cluster. */
export interface KubectlUser {
  context?: string;
  as?: string;
}

/**
 * One command a step. Secrets in what is written are left out: such a command has to be completed by hand. A delete is
 * sent raw, as kubectl has no flag for preconditions. `version` is the served version of the step's kind.
 */
export function kubectlOf({ write }: Step, namespace: string, version: string, who: KubectlUser = {}): string {
  const { group, resource } = KINDS_TABLE[write.kind];
  const kind = group === '' ? resource : `${resource}.${group}`;
  const context = who.context ? ` --context ${quoted(who.context)}` : '';
  const as = who.as ? ` --as ${quoted(who.as)}` : '';
  const start = `kubectl${context}${as} -n ${quoted(namespace)}`;
  switch (write.verb) {
    case 'create':
      return `${start} create -f - <<'EOF'\n${redactText(JSON.stringify(write.body, null, 2))}\nEOF`;
    case 'apply': {
      const force = write.force ? ' --force-conflicts' : '';
      const body = redactText(JSON.stringify(write.body, null, 2));
      return `${start} apply --server-side --field-manager ${FIELD_MANAGER}${force} -f - <<'EOF'\n${body}\nEOF`;
    }
    case 'patch': {
      const body = redactText(JSON.stringify(write.body));
      return `${start} patch ${kind} ${quoted(write.name)} --type ${write.type} -p ${quoted(body)}`;
    }
    case 'delete': {
      const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const { uid, resourceVersion } = write.seen;
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } };
      const path = `${root}/namespaces/${namespace}/${resource}/${write.name}`;
      return `${start} delete --raw ${quoted(path)} -f - <<'EOF'\n${JSON.stringify(body)}\nEOF`;
    }
  }
}
