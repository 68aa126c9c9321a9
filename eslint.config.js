import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "examples/", "test/artifacts/"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "max-depth": ["error", 2],
      "max-lines": ["error", { max: 250, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 25, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-floating-promises": "error",
      // An Output in a template literal prints "Calling [toString] on an [Output<T>]": the classic Pulumi trap.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    // These rules see what is below a cast in JSDoc.
    files: ["components/*.js"],
    rules: { "@typescript-eslint/no-unsafe-return": "off", "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  {
    // describe() and it() bodies are lists of cases, not functions somebody has to follow.
    files: ["test/**/*.ts"],
    rules: { "max-lines": ["error", 350], "max-lines-per-function": "off" },
  },
);
