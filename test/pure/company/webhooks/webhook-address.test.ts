import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  addressTrouble,
  isPublicAddress,
  mayReach,
  newWebhookSecret,
  signatureHeaders,
} from '../../../../src/company/webhooks/webhook-endpoint.repository.ts';

describe('the address of a webhook', () => {
  it.each([
    ['127.0.0.1'],
    ['10.1.2.3'],
    ['172.31.255.255'],
    ['192.168.1.1'],
    ['169.254.169.254'],
    ['100.64.0.1'],
    ['0.0.0.0'],
    ['224.0.0.1'],
    ['255.255.255.255'],
    ['::'],
    ['::1'],
    ['fe80::1'],
    ['fd00::1'],
    ['ff02::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:8.8.8.8'],
    ['64:ff9b::7f00:1'],
    ['2001:db8::1'],
    ['2002:7f00:1::'],
    ['localhost'],
  ])('%s is none of the internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(mayReach(address, { secure: true, privately: false })).toBe(false);
    expect(mayReach(address, { secure: false, privately: true })).toBe(true);
  });

  it.each([['1.1.1.1'], ['172.32.0.1'], ['2606:4700:4700::1111']])('%s is one, by https', (address) => {
    expect(mayReach(address, { secure: true, privately: false })).toBe(true);
    expect(mayReach(address, { secure: false, privately: true })).toBe(false);
  });

  it.each([
    ['http://agenda.example.fr/'],
    ['https://localhost/'],
    ['https://api.localhost/'],
    ['https://printer.local/'],
    ['https://127.0.0.1/'],
    ['https://0x7f.1/'],
    ['https://2130706433/'],
    ['https://[::1]:8443/'],
    ['https://[::ffff:10.0.0.1]/'],
    ['https://user:secret@agenda.example.fr/'],
    ['ftp://agenda.example.fr/'],
    ['agenda'],
  ])('%s is refused at once', (url) => {
    expect(addressTrouble(url, { privately: false })).toMatch(/\.$/);
  });

  // The IP addresses behind the name are checked at each attempt.
  it('needs https and a name', () => {
    expect(addressTrouble('https://agenda.example.fr/x', { privately: false })).toBeUndefined();
    expect(addressTrouble('http://127.0.0.1:9/', { privately: true })).toBeUndefined();
  });
});

describe('the signature of a webhook', () => {
  it('follows Standard Webhooks, as their library confirms', () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const body = JSON.stringify({ type: 'webhook.test', data: { text: 'été' } });
    const headers = signatureHeaders(secret, { id: 'x', seconds: Math.floor(Date.now() / 1_000), body });
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature');
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow('No matching signature');
  });
});
