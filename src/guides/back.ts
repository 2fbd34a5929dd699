/** Which stage may be taken back now. One rule for all guides. */
import type { Course, Stage } from './contract.ts';

/**
 * The last stage that lets itself be taken back. Where there is a line, only what belongs to the same part before it, and
 * only while it is not crossed: from there on versions are never patched back (domain §6.11).
 */
export function wayBack({ stages, line }: Pick<Course, 'stages' | 'line'>): Stage | undefined {
  if (line?.crossed) return undefined;
  const part = stages.find(({ id }) => id === line?.stage)?.part;
  return stages.findLast((stage) => stage.takeBack !== undefined && (part === undefined || stage.part === part));
}
