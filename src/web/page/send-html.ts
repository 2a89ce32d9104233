import type { Response } from 'express';
import type { Html } from '../../platform/index.ts';

/** Sends markup: no page is a text that somebody put together. */
export const sendHtml = (res: Response, page: Html): void => {
  res.type('html').send(page.source);
};
