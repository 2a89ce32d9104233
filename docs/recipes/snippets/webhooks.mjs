// Usage: SMS_URL=http://localhost:8080 SMS_KEY=… node webhooks.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { SMS_URL, SMS_KEY } = process.env;
let secret = '';

async function ask(method, path, body) {
  const headers = { authorization: `Bearer ${SMS_KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(SMS_URL + path, { method, headers, body: body && JSON.stringify(body) });
  const read = await answer.text();
  if (!answer.ok) throw new Error(read);
  return read === '' ? {} : JSON.parse(read);
}

/** Whether Bonheure wrote this body, within the last five minutes. */
function isGenuine(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers;
  if (Math.abs(Date.now() / 1000 - Number(at)) > 300) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = Buffer.from(
    `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`,
  );
  return given
    .split(' ')
    .map((one) => Buffer.from(one))
    .some((one) => one.length === expected.length && timingSafeEqual(one, expected));
}

const server = createServer(async (request, response) => {
  const body = await text(request);
  const genuine = isGenuine(request.headers, body);
  // Answer at once and work afterwards: whatever is not 2xx within 10 s is sent again.
  response.writeHead(genuine ? 204 : 400).end();
  if (genuine) server.emit('told', JSON.parse(body));
}).listen(0, '127.0.0.1');
await once(server, 'listening');

// In production: https, and an address of the internet. The secret is shown this once: keep it.
const url = `http://127.0.0.1:${server.address().port}/bonheure`;
const webhook = await ask('POST', '/v1/webhooks', { url, events: ['reminder.sent', 'series.ended'] });
secret = webhook.secret;
console.log('webhook added');

const told = once(server, 'told');
await ask('POST', `/v1/webhooks/${webhook.id}/test`, {});
const [event] = await told;
// The same event may come twice: remember the ids that you have seen.
console.log(`${event.type} received, signature verified`);

const now = String(Math.floor(Date.now() / 1000));
const forged = { 'webhook-id': event.id, 'webhook-timestamp': now, 'webhook-signature': 'v1,AAAA' };
console.log('forged one refused:', isGenuine(forged, '{}') ? 'False' : 'True');

await ask('DELETE', `/v1/webhooks/${webhook.id}`);
console.log('webhook removed');
server.close();
