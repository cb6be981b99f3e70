/** 200 texts that would run a script where a page took them for more than text. Each calls `pwned` if it runs. */
const CALLS = ['pwned(1)', 'self.pwned(2)', 'window["pwned"](3)', 'parent.pwned(4)', 'top["pw"+"ned"](5)'];
const FORMS: readonly ((call: string) => string)[] = [
  (call) => `<script>${call}</script>`,
  (call) => `"><script>${call}</script>`,
  (call) => `</script><script>${call}</script>`,
  (call) => `<img/src=x/onerror=${call}>`,
  (call) => `'><img/src=x/onerror='${call}'>`,
  (call) => `<svg/onload=${call}>`,
  (call) => `<svg><animate/onbegin=${call}/attributeName=x/dur=1s>`,
  (call) => `<body/onload=${call}>`,
  (call) => `<input/autofocus/onfocus=${call}>`,
  (call) => `<details/open/ontoggle=${call}>`,
  (call) => `<video><source/onerror=${call}>`,
  (call) => `<audio/src/onerror=${call}>`,
  (call) => `<iframe/srcdoc="<script>${call.replaceAll('"', "'")}</script>">`,
  (call) => `<iframe/src="javascript:${call.replaceAll('"', "'")}">`,
  (call) => `<a/href="javascript:${call.replaceAll('"', "'")}">x</a>`,
  (call) => `javascript:${call}`,
  (call) => `JaVaScRiPt:${call}//`,
  (call) => `data:text/html,<script>${call}</script>`,
  (call) => `<object/data="javascript:${call.replaceAll('"', "'")}">`,
  (call) => `<embed/src="javascript:${call.replaceAll('"', "'")}">`,
  (call) => `<form/action="javascript:${call.replaceAll('"', "'")}"><button>x`,
  (call) => `<marquee/onstart=${call}>`,
  (call) => `<style/onload=${call}></style>`,
  (call) => `<link/rel=stylesheet/href=x/onerror=${call}>`,
  (call) => `<meta/http-equiv=refresh/content="0;url=javascript:${call.replaceAll('"', "'")}">`,
  (call) => `<math><mtext></form><form><mglyph><style></math><img/src/onerror=${call}>`,
  (call) => `<noscript><p/title="</noscript><img/src=x/onerror=${call}>">`,
  (call) => `<template><script>${call}</script></template>`,
  (call) => `\${${call}}`,
  (call) => `{{constructor.constructor("${call.replaceAll('"', "'")}")()}}`,
  (call) => `';${call};//`,
  (call) => `";${call};//`,
  (call) => `\`;${call};//`,
  (call) => `-->${call}<!--<script>${call}</script>`,
  (call) => `<![CDATA[<script>${call}</script>]]>`,
  (call) => `%3Cscript%3E${call}%3C/script%3E`,
  (call) => `&lt;script&gt;${call}&lt;/script&gt;`,
  (call) => `\u202e<script>${call}</script>`,
  (call) => `<x/onclick=${call}/style="position:fixed;inset:0">`,
  (call) => `<button/popovertarget=x>x</button><div/popover/id=x/onbeforetoggle=${call}>`,
];

export const PAYLOADS: readonly string[] = FORMS.flatMap((form) => CALLS.map((call) => form(call)));

/** A path that an event may have, with as much of the text as one can hold. */
export const pathWith = (text: string): string =>
  `/${encodeURI(text).replaceAll('%3C', '<').replaceAll('%3E', '>').replaceAll('%22', '"')}`;
