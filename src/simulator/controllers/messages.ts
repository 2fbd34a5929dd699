/** How Cluster API 1.10 words the messages of conditions that gather others: nested bullets, equal ones put together. */

const shown = 3;

/** `title: message`, or the title above an indented list where the message is one. */
export function bullet(title: string, message: string): string {
  if (message.startsWith('* ')) return `* ${title}:\n${indent(message)}`;
  return message ? `* ${title}: ${message}` : `* ${title}`;
}

/** Every line two spaces further in. */
export function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Names as `a, b, c, ... (2 more)`. */
export function names(list: readonly string[]): string {
  const more = list.length - shown;
  return more > 0 ? `${list.slice(0, shown).join(', ')}, ... (${more} more)` : list.join(', ');
}

/** What one Machine has to say; `grave` puts it before those that are not. */
export interface MachineMessage {
  name: string;
  message: string;
  grave?: boolean;
}

/**
 * What Machines say, equal messages under one heading that names them; empty ones are left out. Cluster API names at
 * most three different messages, the graver and more frequent first, and counts the rest.
 */
export function machineMessages(machines: readonly MachineMessage[]): string {
  const groups = new Map<string, { names: string[]; grave: boolean }>();
  for (const { name, message, grave = false } of machines) {
    if (!message) continue;
    const group = groups.get(message);
    if (group) group.names.push(name);
    else groups.set(message, { names: [name], grave });
  }
  const sorted = [...groups].sort(
    ([, a], [, b]) => Number(b.grave) - Number(a.grave) || b.names.length - a.names.length || order(a.names, b.names),
  );
  const lines = sorted
    .slice(0, shown)
    .map(([message, group]) =>
      bullet(`Machine${group.names.length > 1 ? 's' : ''} ${names(group.names.sort())}`, message),
    );
  const rest = sorted.slice(shown).reduce((sum, [, group]) => sum + group.names.length, 0);
  if (rest > 0) lines.push(`And ${rest} Machine${rest > 1 ? 's' : ''} with other issues`);
  return lines.join('\n');
}

function order(a: readonly string[], b: readonly string[]): number {
  return (a[0] ?? '') < (b[0] ?? '') ? -1 : 1;
}
