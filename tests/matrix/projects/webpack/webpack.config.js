const Html = require('html-webpack-plugin');

module.exports = {
  entry: './app.js',
  devServer: { client: { overlay: false } },
  plugins: [new Html({ template: 'template.html' })],
};
