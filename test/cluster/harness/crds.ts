import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KubeError, type Transport } from '../../../src/kube/types.ts';
import type { Schema } from '../../../src/simulator/api/schemas/schema.ts';
import { until } from './until.ts';

interface Version {
  name: string;
  served: boolean;
  schema: { openAPIV3Schema: Schema };
  subresources?: { status?: unknown; scale?: unknown };
  additionalPrinterColumns?: { name: string; type: string; priority?: number; jsonPath: string }[];
}

interface Definition {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: {
    group: string;
    scope: string;
    names: { plural: string; kind: string; singular: string; shortNames?: string[]; categories?: string[] };
    versions: Version[];
  };
}

/**
 * Reads the CustomResourceDefinitions of every YAML file in `folders`. A definition in a later folder replaces one of
 * the same name in an earlier folder.
 */
export function readDefinitions(folders: readonly string[]): Definition[] {
  const found = new Map<string, Definition>();
  for (const folder of folders) {
    for (const file of readdirSync(folder).sort()) {
      if (!/\.ya?ml$/.test(file)) continue;
      for (const document of parseAllDocuments(readFileSync(path.join(folder, file), 'utf8'))) {
        const value = document.toJS() as Definition | null;
        if (value?.kind === 'CustomResourceDefinition') found.set(value.metadata.name, value);
      }
    }
  }
  return [...found.values()];
}

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Installs definitions and waits until each of their served versions answers a list. */
export async function installDefinitions(transport: Transport, definitions: readonly Definition[]): Promise<void> {
  for (const body of definitions) {
    await transport.json({ method: 'POST', path: PATH, body }).catch((error: unknown) => {
      if (!(error instanceof KubeError && error.reason === 'AlreadyExists')) throw error;
    });
  }
  for (const { metadata, spec } of definitions) {
    for (const version of spec.versions.filter(({ served }) => served)) {
      const list = `/apis/${spec.group}/${version.name}/${spec.names.plural}`;
      await until(async () => Boolean(await transport.json({ path: list, query: { limit: 1 } })), {
        limitMs: 60_000,
        failure: () => `${metadata.name} ${version.name} is not served`,
      });
    }
  }
}
