import twilioLibrary from 'twilio';
import type { OperatorCall } from '../../../src/sending/gateway/gateway.ts';
import type { Caller } from '../../gateways/samples/sample.ts';
import { PUBLIC, SECRET, TOKEN } from './inbound-served.ts';

/** Twilio signs whatever it sends. */
function signature({ target, contentType, body }: OperatorCall): { target: string; signature: string } {
  const isForm = body.length === 0 || !contentType.includes('json');
  const digest = `bodySHA256=${twilioLibrary.getExpectedBodyHash(body as unknown as string)}`;
  const signed = isForm ? target : `${target === '' ? '?' : `${target}&`}${digest}`;
  const fields: Record<string, string[]> = {};
  if (isForm)
    for (const [name, value] of new URLSearchParams(body.toString('utf8'))) (fields[name] ??= []).push(value);
  const url = `${PUBLIC}/twilio/${SECRET}${signed}`;
  return { target: signed, signature: twilioLibrary.getExpectedTwilioSignature(TOKEN, url, fields) };
}

/** Tells a call as its operator does, over loopback; the status of our answer. */
export async function tellCall(origin: string, caller: Caller, call: OperatorCall): Promise<number> {
  const { target, signature: given } =
    caller === 'twilio' ? signature(call) : { target: call.target, signature: '' };
  const { status } = await fetch(`${origin}/${caller}/${SECRET}${target}`, {
    method: call.method,
    headers: { 'content-type': call.contentType, 'x-twilio-signature': given },
    ...(call.method !== 'GET' && { body: new Uint8Array(call.body) }),
  });
  return status;
}
