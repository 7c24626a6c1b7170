/* The apps whose own browser often opens no camera, by what they add to the user agent. */

/** Small, as every page loads it. `in-app/ways.js` says which app it is. */
export const APPS =
  /FBA[NV]|FB_IAB|Instagram|WhatsApp| Line\/|musical_ly|Bytedance|MicroMessenger|Snapchat|LinkedInApp/;
