import { expect, it } from 'vitest';
import { nodeWords } from '../../src/domain/node-words.ts';

const SILENT = 'node silent: its kubelet has stopped reporting';

it.each<[status: string, reason: string | undefined, message: string | undefined, words: string]>([
  [
    'Unknown',
    'NodeConditionsFailed',
    'Node condition Ready is Unknown. Node condition MemoryPressure is Unknown.',
    SILENT,
  ],
  ['Unknown', 'NodeReadyUnknown', '* Node.Ready: Kubelet stopped posting node status.', SILENT],
  [
    'Unknown',
    'ConnectionDown',
    'Last successful probe at ...',
    'node not known: the API of its cluster does not answer',
  ],
  ['False', 'NodeConditionsFailed', 'Node condition MemoryPressure is True. ', 'node not ready: MemoryPressure'],
  ['False', 'NodeConditionsFailed', 'Node condition Ready is False. ', 'node not ready'],
  [
    'False',
    'NodeNotReady',
    '* Node.Ready: container runtime network not ready: cni plugin not initialized',
    'node not ready: container runtime network not ready: cni plugin not initialized',
  ],
  [
    'False',
    'NodeNotHealthy',
    '* Node.DiskPressure: kubelet has disk pressure\n* Node.PIDPressure: kubelet has insufficient PID available',
    'node not ready: DiskPressure, PIDPressure',
  ],
  ['False', 'NodeNotReady', 'kubelet stopped', 'node not ready: kubelet stopped'],
  ['False', 'NodeNotFound', undefined, 'node gone: its cluster has no such Node object any more'],
  [
    'False',
    'NodeDeleted',
    'Node w3 has been deleted while the Machine still exists',
    'node gone: its cluster has no such Node object any more',
  ],
  ['False', 'SomethingNew', undefined, 'node not ready: SomethingNew'],
  ['False', undefined, undefined, 'node not ready'],
])('%s %s %s: %s', (status, reason, message, words) => {
  expect(nodeWords({ type: 'NodeReady', status, reason, message, generation: 'v1beta1' })).toBe(words);
});

it.each([
  ['\n'.repeat(300_000)],
  [' '.repeat(300_000)],
  ['* Node.'.repeat(50_000)],
  ['Node condition '.repeat(30_000)],
  ['\u001b[2J'],
])('comes to an end, whatever it is told', (message) => {
  expect(nodeWords({ type: 'NodeReady', status: 'False', message, generation: 'v1beta1' })).toMatch(/^node not ready/);
});
