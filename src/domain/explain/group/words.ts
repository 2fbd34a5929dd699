/** `1 machine of workers waits`, `2 machines of workers wait`. */
export function waitingMachines(count: number, group: string): string {
  return count === 1 ? `1 machine of ${group} waits` : `${count} machines of ${group} wait`;
}
