/* One style sheet, cut to the kept classes and freed of what Chromium 86 does not know.
   node vendor_downgrade.js SOURCE TARGET '["^kept class pattern", …]' */
const fs = require("fs"), postcss = require("postcss"), { PurgeCSS } = require("purgecss");
const [, , source, target, kept] = process.argv;
const unknown = /color-mix\(|oklch\(|oklab\(|(^|[^a-z-])lab\(|light-dark\(/;
(async () => {
  let css = fs.readFileSync(source, "utf8");
  const patterns = JSON.parse(kept).map((text) => new RegExp(text));
  if (patterns.length) {
    const purged = await new PurgeCSS().purge({
      content: [{ raw: "<html><body></body></html>", extension: "html" }], css: [{ raw: css }],
      safelist: { standard: patterns.concat([/^(html|body|main|a|p|h[1-6]|ul|ol|li|dl|dt|dd|img|svg|table|caption|thead)$/,
        /^(tbody|tfoot|tr|th|td|label|button|input|select|textarea|fieldset|legend|pre|code|kbd|small|b|strong)$/,
        /^(mark|hr|abbr|address|blockquote|figure|iframe|details|summary|output|progress|sub|sup|samp|optgroup)$/]) },
    });
    css = purged[0].css;
  }
  const tree = postcss.parse(css);
  tree.walkAtRules((rule) => { if (rule.name === "supports" && unknown.test(rule.params)) rule.remove(); });
  tree.walkRules((rule) => {
    const selectors = rule.selectors.filter((text) => !/:has\(|:is\(|:where\(|:lang\(/.test(text));
    if (selectors.length === 0) rule.remove(); else rule.selectors = selectors;
  });
  tree.walkDecls((decl) => {
    if (unknown.test(decl.value)) { decl.remove(); return; }
    // every language of ours runs from left to right: physical names save the selectors that a compiler would add
    decl.value = decl.value.replace(/inset-inline-start/g, "left").replace(/inset-inline-end/g, "right");
    decl.prop = decl.prop.replace(/^inset-inline-start$/, "left").replace(/^inset-inline-end$/, "right")
      .replace(/^(margin|padding|border)-inline-start/, "$1-left").replace(/^(margin|padding|border)-inline-end/, "$1-right")
      .replace(/^border-start-start-radius$/, "border-top-left-radius").replace(/^border-start-end-radius$/, "border-top-right-radius")
      .replace(/^border-end-start-radius$/, "border-bottom-left-radius").replace(/^border-end-end-radius$/, "border-bottom-right-radius");
  });
  const sides = { inline: ["left", "right"], block: ["top", "bottom"] };
  tree.walkDecls(/^(margin|padding)-(inline|block)$/, (decl) => {
    const [kind, axis] = decl.prop.split("-"), parts = postcss.list.space(decl.value);
    sides[axis].forEach((side, index) => decl.cloneBefore({ prop: `${kind}-${side}`, value: parts[index] || parts[0] }));
    decl.remove();
  });
  fs.writeFileSync(target, tree.toString());
})().catch((error) => { console.error(error); process.exit(1); });
