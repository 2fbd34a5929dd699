// Imported lazily, and only through this file: the named export lets the bundler leave the generated API out.
export { KubeConfig } from '@kubernetes/client-node';
