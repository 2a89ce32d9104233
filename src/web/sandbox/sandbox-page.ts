import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { Request, Response } from 'express';
import { Router } from 'express';

import { onThisMachine } from '../../gateways/index.ts';
import { policyWith } from '../page/script-policy.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

type SandboxWords = Catalogue['publicPages']['sandbox'];

const asset = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const style = asset('./sandbox.css');
const scripts = [
  '../console/reader.client.js',
  './sandbox-calendar.client.js',
  './sandbox-reply.client.js',
  './sandbox.client.js',
].map(asset);

/** Serves the handsets as phones: read, reply, move the law clock. Mounted at `/sandbox`. */
export function sandboxPage(): Router {
  return Router().get('/', onThisMachine, (request, response) => {
    showPage(request, response);
  });
}

function showPage(request: Request, response: Response): void {
  const language = languageOf(request);
  const nonce = randomBytes(16).toString('base64');
  response
    .set('content-security-policy', policyWith(nonce))
    .set('cache-control', 'no-store')
    .set('referrer-policy', 'no-referrer')
    .type('html')
    .send(page(language, nonce));
}

/** `?lang=` decides, else the browser; French without either. */
function languageOf(request: Request): Language {
  const asked = request.query['lang'];
  if (asked === 'fr' || asked === 'en') return asked;
  return request.acceptsLanguages('fr', 'en') === 'en' ? 'en' : 'fr';
}

function page(language: Language, nonce: string): string {
  const words: SandboxWords = wordsIn(language).publicPages.sandbox;
  const other = language === 'fr' ? 'en' : 'fr';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title} · Bonheure</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<header>
  <div>
    <h1>${words.title}</h1>
    <p>${words.lead}</p>
    <nav><a href="?lang=${other}" lang="${other}">${words.language}</a><a href="/sandbox/log">${words.log}</a></nav>
  </div>
  ${clock(words)}
</header>
<div class="bar" role="search">
  <form id="open" class="row">
    <input type="tel" list="numbers" aria-label="${words.open}" placeholder="${words.openHint}" autocomplete="off">
    <datalist id="numbers"></datalist>
    <button>${words.open}</button>
  </form>
  <p id="said" role="status"></p>
</div>
<main><p class="empty">${words.none}</p></main>
${phone(words)}
<script nonce="${nonce}" type="application/json" id="words">${JSON.stringify({ words, language })}</script>
${scripts.map((script) => `<script nonce="${nonce}" type="module">${script}</script>`).join('\n')}
</body>
</html>
`;
}

function clock(words: SandboxWords): string {
  return `<section class="clock" aria-label="${words.clock}" hidden>
    <div><time id="hour">--:--</time></div>
    <div class="row"><span id="date"></span><strong id="moved" class="moved" hidden></strong></div>
    <div class="row">
      <button type="button" data-jump="evening">${words.evening}</button>
      <button type="button" data-jump="monday">${words.monday}</button>
      <button type="button" data-jump="hour">${words.hour}</button>
      <button type="button" data-jump="day">${words.day}</button>
      <button type="button" data-jump="next">${words.next}</button>
      <button type="button" data-jump="real">${words.real}</button>
    </div>
    <form id="jump" class="row">
      <input type="datetime-local" aria-label="${words.jumpTo}" required>
      <button>${words.jump}</button>
    </form>
  </section>`;
}

function phone(words: SandboxWords): string {
  return `<template id="phone"><article class="phone">
  <header><h2></h2><button type="button" data-close aria-label="${words.close}">×</button></header>
  <p class="state"></p>
  <ol class="strip" aria-label="${words.calendar}"></ol>
  <div class="talk" role="log" aria-live="polite" aria-label="${words.talk}" tabindex="0"><ol></ol></div>
  <form>
    <div class="row quick" role="group" aria-label="${words.quick}">
      <button type="button" data-quick>STOP</button>
      <button type="button" data-quick>CONTACT</button>
      <button type="button" data-quick>${words.confirm}</button>
      <select aria-label="${words.to}"></select>
    </div>
    <div class="row">
      <input type="text" aria-label="${words.reply}" placeholder="${words.replyHint}" autocomplete="off" maxlength="1600">
      <button type="submit">${words.send}</button>
    </div>
    <p class="goes" aria-live="polite"></p>
  </form>
</article></template>`;
}
