import { describe, expect, it } from 'vitest';
import { bypassesProxy, isLoopback } from '../../../src/kube/connection/noproxy.ts';

const goes = { direct: true, proxied: false } as const;

describe('NO_PROXY', () => {
  it.each([
    ['', 'api.dc1', 'proxied'],
    ['', 'localhost', 'direct'],
    ['', '127.0.0.1', 'direct'],
    ['', '127.9.9.9', 'direct'],
    ['', '[::1]', 'direct'],
    ['', 'localhost.dc1', 'proxied'],
    ['*', 'api.dc1', 'direct'],
    [' , * ', 'api.dc1', 'direct'],
    ['api.dc1', 'api.dc1', 'direct'],
    ['API.dc1', 'api.DC1', 'direct'],
    ['dc1', 'api.dc1', 'direct'],
    ['dc1', 'apidc1', 'proxied'],
    ['.dc1', 'api.dc1', 'direct'],
    ['.dc1', 'dc1', 'proxied'],
    ['*.dc1', 'a.b.dc1', 'direct'],
    ['*.dc1', 'dc1', 'proxied'],
    ['api.*', 'api.dc1', 'proxied'],
    ['x.org, dc1 ,y.org', 'api.dc1', 'direct'],
    ['dc1:6443', 'api.dc1', 'direct'],
    ['dc1:443', 'api.dc1', 'proxied'],
    ['10.0.0.7', '10.0.0.7', 'direct'],
    ['10.0.0.7:6443', '10.0.0.7', 'direct'],
    ['10.0.0.7:443', '10.0.0.7', 'proxied'],
    ['10.0.0.0/8', '10.200.3.4', 'direct'],
    ['10.0.0.0/8', '11.0.0.1', 'proxied'],
    ['10.0.0.0/8', 'api.dc1', 'proxied'],
    ['10.0.0.0/33', '10.0.0.1', 'proxied'],
    ['10.0.0.0/', '10.0.0.1', 'proxied'],
    ['fd00::/8', '[fd12::1]', 'direct'],
    ['fd12::1', '[fd12:0::1]', 'direct'],
    ['[fd12::1]:6443', '[fd12::1]', 'direct'],
    ['[fd12::1]:1', '[fd12::1]', 'proxied'],
    ['0.7', '10.0.0.7', 'proxied'],
    [':6443', 'api.dc1', 'proxied'],
    ['.', 'api.dc1', 'proxied'],
  ] as const)('%j lets %s be %s', (noProxy, host, way) => {
    expect(bypassesProxy(noProxy, host, 6443)).toBe(goes[way]);
  });
});

it.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['api.dc1', false],
  ['', false],
])('%j is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
