/* Why a step failed. */

/** A failure with the code for the page. */
export class Failure extends Error {
  /**
   * @param {string} code
   * @param {{ again?: boolean, after?: number, relink?: boolean, does?: string }} [how] whether to try again by itself,
   *   after how many milliseconds at least; whether a new link may help; what else may help
   */
  constructor(code, { again = false, after = 0, relink = false, does = '' } = {}) {
    super(code);
    Object.assign(this, { code, again, after, relink, does });
  }

  code = '';
  again = false;
  after = 0;
  relink = false;
  does = '';
}

/** Whether a parsed value is a JSON object. @param {unknown} value */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether requests to a URL can't be read in transit. @param {URL} url */
export const isPrivate = ({ protocol, hostname }) =>
  protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
