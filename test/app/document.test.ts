import { expect, it } from 'vitest';
import { yamlLines } from '../../src/app/document.ts';

it('shows an object as YAML: secrets redacted, managedFields off, escapes gone, indentation kept', () => {
  const lines = yamlLines({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'rack3-u12',
      managedFields: [{ manager: 'x' }],
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{}}', note: 'a\u001b[2Jb' },
    },
    data: { plan: Buffer.from('join --token abcdef.0123456789abcdef').toString('base64') },
  });
  const text = lines.join('\n');
  expect(text).not.toContain('managedFields');
  expect(text).not.toContain('last-applied');
  expect(text).not.toContain(Buffer.from('join').toString('base64').slice(0, 4));
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(text).toMatch(/redacted, \d+ bytes/);
  expect(lines).toContain('  name: rack3-u12');
});
