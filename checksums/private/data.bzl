"""The registry as Starlark. Written by `bazel run //tools/checksum_updater -- sync`."""

TOOLS = {
    "binaryen": {
        "tool_name": "binaryen",
        "github_repo": "WebAssembly/binaryen",
        "latest_version": "129",
        "release": {
            "asset": "binaryen-version_{version}-{url_suffix}",
            "binary": "binaryen-version_{version}/bin/wasm-opt{exe}",
            "tag": "version_{version}",
        },
        "versions": {
            "129": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "cc38897d3d93c968f24819fae210e04afd0146d0e2467e307207ea7e798a59b9",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "d1bb014775ca3002506712b81b4406d126ff6845e8b2f343bc2696a1a88b7117",
                        "url_suffix": "arm64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "50b9fa62b9abea752da92ec57e0c555fee578760cd237c40107957715d2976ba",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "81d46b86b10876ab615eec67e09fcc5615115a7b189cfe3d466725ee36c46ac2",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "1405d2f51377859ccf5fcd2c59c0a8c5756373e691ca0eeb5219f646b743e3aa",
                        "url_suffix": "x86_64-windows.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2026-04-01",
            },
            "128": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "0b4bbd58c46b73a3de1fd485579a56cd413dd395414306d9f33df407fde58b9b",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "0ef730ecedf2dac894812185fc78f5940ab980cdde79427e49fa87331d24422f",
                        "url_suffix": "arm64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "4ce79586d1c4762502eebe9a1db071fa5e446ef8897f2f766eb1cce5ec6dee9e",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "bafe0468976d923f09052f8ec6a6a0a9d942ee7f02ac113c85a80afea7ba3679",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "3726e4ac3c957ffa6bcf5daf34f2bec877d7cefe7474265a819f0c8a3f8b158e",
                        "url_suffix": "x86_64-windows.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2026-03-13",
            },
            "123": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "cc18b14d2b673d9c66bf54f31ff2b0ceb23ba5132455b893965ae2792f9e00dd",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "74428be348c1a09863e7b642a1fa948cabf8ec9561052233d8288e941951725b",
                        "url_suffix": "arm64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "e959f2170af4c20c552e9de3a0253704d6a9d2766e8fdb88e4d6ac4bae9388fe",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "4b6bd61ba6cd3b18c993b4657d93426c782f9b91b74be0d38018cd8be1319376",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "7b3568424a0f871a52865d5c78177db646b1832a8c487321e27703103f936880",
                        "url_suffix": "x86_64-windows.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2025-03-27",
            },
        },
    },
    "buildifier": {
        "tool_name": "buildifier",
        "github_repo": "bazelbuild/buildtools",
        "latest_version": "8.2.1",
        "versions": {
            "8.2.1": {
                "packages": [
                    {
                        "integrity": "sha512-eZ/Aq+2r4PcJa6LbPCT6ffgIJfTU/gYilqIzoX2OLM4nNkbQC6tTMPZNn7aHHjhGPxbNLv41zm4Xqt1olCLgXw==",
                        "name": "@bazel/buildifier",
                        "source": "npm",
                        "verified": True,
                        "version": "8.2.1",
                    },
                ],
                "platforms": {},
            },
        },
    },
    "componentize-py": {
        "tool_name": "componentize-py",
        "github_repo": "bytecodealliance/componentize-py",
        "latest_version": "0.25.1",
        "release": {
            "asset": "componentize-py-{version}-{url_suffix}",
            "binary": "componentize-py{exe}",
            "tag": "{version}",
        },
        "versions": {
            "0.25.1": {
                "packages": [
                    {
                        "file": "componentize_py-0.25.1-cp39-abi3-macosx_10_12_x86_64.whl",
                        "name": "componentize-py",
                        "platform": "darwin_amd64",
                        "sha256": "65fbc4a94df1de8acf7da50a1f5ed1711230188844e53e6332d99029be4e0afa",
                        "source": "pypi",
                        "verified": True,
                        "version": "0.25.1",
                    },
                    {
                        "file": "componentize_py-0.25.1-cp39-abi3-macosx_11_0_arm64.whl",
                        "name": "componentize-py",
                        "platform": "darwin_arm64",
                        "sha256": "a556991534cc496207a9d2ca733c4b0f17ed38ef56a8d6b5f1847fdf1225dd1b",
                        "source": "pypi",
                        "verified": True,
                        "version": "0.25.1",
                    },
                    {
                        "file": "componentize_py-0.25.1-cp39-abi3-manylinux_2_28_aarch64.whl",
                        "name": "componentize-py",
                        "platform": "linux_arm64",
                        "sha256": "7b6a87c520358166843af0daa86d2312d7af4cbcbbf1e598951085cf7f2991ca",
                        "source": "pypi",
                        "verified": True,
                        "version": "0.25.1",
                    },
                    {
                        "file": "componentize_py-0.25.1-cp39-abi3-manylinux_2_28_x86_64.whl",
                        "name": "componentize-py",
                        "platform": "linux_amd64",
                        "sha256": "8623cd8cab8453cb0cd8bf03f3c7103420d06f2f3d360186a280a70a1ca5e89f",
                        "source": "pypi",
                        "verified": True,
                        "version": "0.25.1",
                    },
                    {
                        "file": "componentize_py-0.25.1-cp39-abi3-win_amd64.whl",
                        "name": "componentize-py",
                        "platform": "windows_amd64",
                        "sha256": "c7fd552fb0849858b0c1e8981543ed5dff4b0cc1597a8ea0bc26a495786dc0c6",
                        "source": "pypi",
                        "verified": True,
                        "version": "0.25.1",
                    },
                ],
                "platforms": {},
            },
            "canary": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "ce51b51108f235e7e2691527e4d0d5941f4abdc1c7305d344fc23128625f9202",
                        "url_suffix": "macos-amd64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "77ae263f3368bcb74b26cfc6991aaa675ba06235e66458f264946eba033e3093",
                        "url_suffix": "macos-aarch64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "7a70ceadd832a9a59d8c7aa18c8624d67b202590e1a22db79536b1c52caf3472",
                        "url_suffix": "linux-amd64.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "45f5216f1fdb66be889629416b9d20e3a7a863ff3c02193ba81266d830c6e25f",
                        "url_suffix": "linux-aarch64.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "80556981d969242239d5c27f7774c12735f0a671133a626c793a5e6393b0143c",
                        "url_suffix": "windows-amd64.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2026-03-02",
            },
        },
    },
    "go": {
        "tool_name": "go",
        "github_repo": "golang/go",
        "latest_version": "1.26.1",
        "release": {
            "asset": "go{version}.{url_suffix}",
            "base_url": "https://go.dev/dl",
            "binary": "go/bin/go{exe}",
            "tag": "go{version}",
        },
        "versions": {
            "1.26.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "65773dab2f8cc4cd23d93ba6d0a805de150ca0b78378879292be0b903b8cdd08",
                        "url_suffix": "darwin-amd64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "353df43a7811ce284c8938b5f3c7df40b7bfb6f56cb165b150bc40b5e2dd541f",
                        "url_suffix": "darwin-arm64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "031f088e5d955bab8657ede27ad4e3bc5b7c1ba281f05f245bcc304f327c987a",
                        "url_suffix": "linux-amd64.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "a290581cfe4fe28ddd737dde3095f3dbeb7f2e4065cab4eae44dfc53b760c2f7",
                        "url_suffix": "linux-arm64.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "9b68112c913f45b7aebbf13c036721264bbba7e03a642f8f7490c561eebd1ecc",
                        "url_suffix": "windows-amd64.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-03-05",
            },
            "1.25.3": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "1641050b422b80dfd6299f8aa7eb8798d1cd23eac7e79f445728926e881b7bcd",
                        "url_suffix": "darwin-amd64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "7c083e3d2c00debfeb2f77d9a4c00a1aac97113b89b9ccc42a90487af3437382",
                        "url_suffix": "darwin-arm64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "0335f314b6e7bfe08c3d0cfaa7c19db961b7b99fb20be62b0a826c992ad14e0f",
                        "url_suffix": "linux-amd64.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "1d42ebc84999b5e2069f5e31b67d6fc5d67308adad3e178d5a2ee2c9ff2001f5",
                        "url_suffix": "linux-arm64.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "bc249a599c6fe9d0d4093c363856f6c6320dbbe05e5d5d8818b711fb4a14fc23",
                        "url_suffix": "windows-amd64.zip",
                        "verified": False,
                    },
                },
                "release_date": "2025-10-13",
            },
        },
    },
    "jco": {
        "tool_name": "jco",
        "github_repo": "bytecodealliance/jco",
        "latest_version": "1.35.0",
        "versions": {
            "1.35.0": {
                "packages": [
                    {
                        "integrity": "sha512-O53cWIMm/M1SpwLxKRicvAMDnzWf4zWs6I6qFZIGbn3HUovDMCCe9blkGxxYuyocHjVf/cXgNmlMu/x7Tyi77A==",
                        "name": "@bytecodealliance/jco",
                        "source": "npm",
                        "verified": True,
                        "version": "1.35.0",
                    },
                ],
                "platforms": {},
                "release_date": "2026-09-24",
            },
            "1.17.6": {
                "packages": [
                    {
                        "integrity": "sha512-2D/v9m+6cwVd/MYmv6rBgaiUv6vBJaSKWwbPh4ltAfxcbh4KYJioSsAiEyiwKSD2HlK0LZ45N0Kzfc9WOyWnVQ==",
                        "name": "@bytecodealliance/jco",
                        "source": "npm",
                        "verified": True,
                        "version": "1.17.6",
                    },
                ],
                "platforms": {},
                "release_date": "2026-03-30",
            },
            "1.17.0": {
                "packages": [
                    {
                        "integrity": "sha512-+8cLL6p++K+KKJiG+xqRDyKcjoWvAB1cwH+diIvuUf8O0AEN+QfzW7GdZJ0zzvfpCfGYX+uO7ylmPFvn+pWxCA==",
                        "name": "@bytecodealliance/jco",
                        "source": "npm",
                        "verified": True,
                        "version": "1.17.0",
                    },
                ],
                "platforms": {},
                "release_date": "2026-03-12",
            },
        },
    },
    "moonbit": {
        "tool_name": "moonbit",
        "github_repo": "moonbitlang/core",
        "latest_version": "0.1.202602255",
        "versions": {
            "0.1.202602255": {
                "packages": [
                    {
                        "integrity": "sha512-RxSLivsbRy5DQCRaGMKydLZrXDl2Nk83sYHFs1ZPsZG9cyW6sTNpa4+5Sqzn8636scZDuUtwM6eWdh76fWm6BA==",
                        "name": "@moonbit/moonpad-monaco",
                        "source": "npm",
                        "verified": True,
                        "version": "0.1.202602255",
                    },
                ],
                "platforms": {},
            },
        },
    },
    "nodejs": {
        "tool_name": "nodejs",
        "github_repo": "nodejs/node",
        "latest_version": "24.14.1",
        "release": {
            "asset": "node-v{version}-{url_suffix}",
            "base_url": "https://nodejs.org/dist/{tag}",
            "binary": "node-v{version}-{stem}/{bin}node{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "24.14.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "2526230ad7d922be82d4fdb1e7ee1e84303e133e3b4b0ec4c2897ab31de0253d",
                        "url_suffix": "darwin-x64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "25495ff85bd89e2d8a24d88566d7e2f827c6b0d3d872b2cebf75371f93fcb1fe",
                        "url_suffix": "darwin-arm64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "84d38715d449447117d05c3e71acd78daa49d5b1bfa8aacf610303920c3322be",
                        "url_suffix": "linux-x64.tar.xz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "71e427e28b78846f201d4d5ecc30cb13d1508ca099ef3871889a1256c7d6f67e",
                        "url_suffix": "linux-arm64.tar.xz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "6e50ce5498c0cebc20fd39ab3ff5df836ed2f8a31aa093cecad8497cff126d70",
                        "url_suffix": "win-x64.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-03-24",
            },
            "24.14.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "f2879eb810e25993a0578e5d878930266fd2eafcffe9f2839b3d8db354d4879e",
                        "url_suffix": "darwin-x64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "a1a54f46a750d2523d628d924aab61758a51c9dad3e0238beb14141be9615dd3",
                        "url_suffix": "darwin-arm64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "41cd79bb7877c81605a9e68ec4c91547774f46a40c67a17e34d7179ef11729df",
                        "url_suffix": "linux-x64.tar.xz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "e7adfca03d9173276114a6f2219df1a7d25e1bfd6bbd771d3f839118a2053094",
                        "url_suffix": "linux-arm64.tar.xz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "313fa40c0d7b18575821de8cb17483031fe07d95de5994f6f435f3b345f85c66",
                        "url_suffix": "win-x64.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-02-24",
            },
        },
    },
    "rules_wit": {
        "tool_name": "rules_wit",
        "github_repo": "rules-wit/rules_wit",
        "latest_version": "0.1.0",
        "release": {
            "asset": "rules_wit-tools-{version}-{url_suffix}",
            "binary": "rules_wit-tools-{version}-{stem}/wit{exe}",
            "tag": "tools-v{version}",
        },
        "versions": {
            "0.1.0": {
                "platforms": {},
            },
        },
    },
    "tinygo": {
        "tool_name": "tinygo",
        "github_repo": "tinygo-org/tinygo",
        "latest_version": "0.40.1",
        "release": {
            "asset": "tinygo{version}.{url_suffix}",
            "binary": "tinygo/bin/tinygo{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "0.40.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "36c9423a63f9548d142908b06c67e198d878a0fed076b8ec5dbf8a3350a73eb4",
                        "url_suffix": "darwin-amd64.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "a20841a616de3b3403e52e3789cb60c147ab52b3fe6c33b31fdffba0164ae031",
                        "url_suffix": "darwin-arm64.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "064fc0c07f4d71f7369b168c337caa88ef32a6b00b16449cea44790ccadfc2b4",
                        "url_suffix": "linux-amd64.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "4720693b333826569d5c1ed746a735c4d1983719c95af5bdd4d9dfeaa755e933",
                        "url_suffix": "linux-arm64.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "7f839546df47e52a8ec9031437ae374a1facceb9adb15b94d514624fed9391b4",
                        "url_suffix": "windows-amd64.zip",
                        "verified": False,
                    },
                },
                "release_date": "2025-12-19",
            },
        },
    },
    "wac": {
        "tool_name": "wac",
        "github_repo": "bytecodealliance/wac",
        "latest_version": "0.12.0",
        "release": {
            "asset": "wac-cli-{url_suffix}",
            "tag": "v{version}",
        },
        "versions": {
            "0.12.0": {
                "packages": [
                    {
                        "name": "wac-cli",
                        "sha256": "a820b2219b254eea8c1d7ae980501b5db9a475188b65b32fc265dbead9863b14",
                        "source": "crate",
                        "verified": True,
                        "version": "0.12.0",
                    },
                    {
                        "name": "wac-graph",
                        "sha256": "f0418130ea1c8f995ac51fd495080942604bca6455e6fb11f110aa1cefd3f549",
                        "source": "crate",
                        "verified": True,
                        "version": "0.12.0",
                    },
                ],
                "platforms": {},
                "release_date": "2026-09-30",
            },
            "0.9.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "29599f61f1eb27544f7bb91bf2ddd2147b4c901bb3ce833cffc07a0b52a6fb19",
                        "url_suffix": "x86_64-apple-darwin",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "740c33d1732cac546d288c05d7343e9f32d6f91fed7c86f2bb1ab4f2250048c8",
                        "url_suffix": "aarch64-apple-darwin",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "c992dd14dd7d67d687f70f77347d9523be6c04eb9845351bf2a1f24dee1bbfc8",
                        "url_suffix": "x86_64-unknown-linux-musl",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "ffac4a261ee089a813a7c0d4bf5e98f84b0d818cbf3a121d07085cfae8c0cecd",
                        "url_suffix": "aarch64-unknown-linux-musl",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "4db7948fa68eb1e54e2c9e5c7f4678a01711c16bf123eb19a9d729f73a2547d4",
                        "url_suffix": "x86_64-pc-windows-gnu",
                        "verified": False,
                    },
                },
                "release_date": "2026-02-02",
            },
            "0.8.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "d5fa365a4920d19a61837a42c9273b0b8ec696fd3047af864a860f46005773a5",
                        "url_suffix": "x86_64-apple-darwin",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "f08496f49312abd68d9709c735a987d6a17d2295a1240020d217a9de8dcaaacd",
                        "url_suffix": "aarch64-apple-darwin",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "ce30f33c5bc40095cfb4e74ae5fb4ba515d4f4bef2d597831bc7afaaf0d55b6c",
                        "url_suffix": "x86_64-unknown-linux-musl",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "3b78ae7c732c1376d1c21b570d07152a07342e9c4f75bff1511cde5f6af01f12",
                        "url_suffix": "aarch64-unknown-linux-musl",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "b3509dfc3bb9d1e598e7b2790ef6efe5b6c8b696f2ad0e997e9ae6dd20bb6f13",
                        "url_suffix": "x86_64-pc-windows-gnu",
                        "verified": False,
                    },
                },
                "release_date": "2025-11-11",
            },
        },
    },
    "wasi-sdk": {
        "tool_name": "wasi-sdk",
        "github_repo": "WebAssembly/wasi-sdk",
        "latest_version": "32",
        "release": {
            "asset": "wasi-sdk-{version}.0-{url_suffix}",
            "binary": "wasi-sdk-{version}.0-{stem}/bin/clang{exe}",
            "tag": "wasi-sdk-{version}",
        },
        "versions": {
            "32": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "a36c9ab106a40abe8a051279c233c6bab719a5788ecc0788e8d141796eb55b1b",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "383be7fe00ae04691e1859164fd99970a528c55d624b886ed59f7933898b933d",
                        "url_suffix": "arm64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "55fc523ebfbc98f69d1034fcfcb83d1ff5610cd9ab7eceef6cd097a30ba4ef93",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "b2070865e6cb0c1e97a38e6ac8d9c37a9dfcd0752764ebabc6bacd3e60cedb96",
                        "url_suffix": "arm64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "3188807b9708d05e854b1b2f8db1f2bffcc337292449a4673fbab7175416bd41",
                        "url_suffix": "x86_64-windows.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2026-03-12",
            },
            "29": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "d0de2fd3ea5c57060efa87e4356c164bec3689972f2386f0c9a89c58e10cec8d",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "e11552913e3f99e834d7fe7da1bd081abaf764759ed76b6097a34c63fc83665e",
                        "url_suffix": "arm64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "87d1d1a2879d139cdc624b968efad3d4a97b8078cdff95e63ac88ecafd1a0171",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "052ad773397dc9e5aa99fb4cfef694175e6b1e81bb2ad1d3c8e7b3fc81441b7c",
                        "url_suffix": "arm64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "6c19b820577486f00332ad8d04ac506da67b0892316b8d485371a58cbf216dee",
                        "url_suffix": "x86_64-windows.tar.gz",
                        "verified": False,
                    },
                },
                "release_date": "2025-11-15",
            },
        },
    },
    "wasm-tools": {
        "tool_name": "wasm-tools",
        "github_repo": "bytecodealliance/wasm-tools",
        "latest_version": "1.263.0",
        "release": {
            "asset": "wasm-tools-{version}-{url_suffix}",
            "binary": "wasm-tools-{version}-{stem}/wasm-tools{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "1.263.0": {
                "packages": [
                    {
                        "name": "wasm-tools",
                        "sha256": "14b8ed798ec13f0e0939dcc403836ba5fd7fb29ff9772e6438a9bcc227bfdc96",
                        "source": "crate",
                        "verified": True,
                        "version": "1.263.0",
                    },
                    {
                        "name": "wit-component",
                        "sha256": "4189bd180353b942b788715519dff886517b540e648c6f6e5129f57429945bf7",
                        "source": "crate",
                        "verified": True,
                        "version": "0.263.0",
                    },
                    {
                        "name": "wit-parser",
                        "sha256": "874d6ce9db4261cb66980ab14f3da066b24292497b6f46f988c0d1b9b27913f3",
                        "source": "crate",
                        "verified": True,
                        "version": "0.263.0",
                    },
                ],
                "platforms": {},
            },
            "1.258.3": {
                "packages": [
                    {
                        "name": "wasm-tools",
                        "sha256": "1add17ec579a1af7b16375202611864bfc295f154cff194501d8f6ace5dfdb46",
                        "source": "crate",
                        "verified": True,
                        "version": "1.258.3",
                    },
                    {
                        "name": "wit-component",
                        "sha256": "f0fca88950af0c1f42bc77e17315e48798b8d68340171b6d204f62bc19a878a6",
                        "source": "crate",
                        "verified": True,
                        "version": "0.258.3",
                    },
                    {
                        "name": "wit-parser",
                        "sha256": "72a2127663dcf3ee16614fb0e3c33d5c6c66fec9dad317a8b0fdd3869487a533",
                        "source": "crate",
                        "verified": True,
                        "version": "0.258.3",
                    },
                ],
                "platforms": {},
                "release_date": "2026-10-02",
            },
            "1.257.1": {
                "packages": [
                    {
                        "name": "wasm-tools",
                        "sha256": "435193a29c8ccfaf17e7bd449730a7b11e14cd40c745dc8b251607db4d871195",
                        "source": "crate",
                        "verified": True,
                        "version": "1.257.1",
                    },
                    {
                        "name": "wit-component",
                        "sha256": "2e8b7d04a4c9491ffea354923ed70c8826d52c699fe20a52e8ceca95017dddb8",
                        "source": "crate",
                        "verified": True,
                        "version": "0.257.1",
                    },
                    {
                        "name": "wit-parser",
                        "sha256": "6f815340f0bb65d9775ae21e56b503b496683557b9b627b195d2766c25fb24ae",
                        "source": "crate",
                        "verified": True,
                        "version": "0.257.1",
                    },
                ],
                "platforms": {},
                "release_date": "2026-08-19",
            },
            "1.246.2": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "fd89fb34457e7d2f7e221f3971b023674fa1ca5ac650b9685320a3324082ddb6",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "0ff7b4594d6ef643df282f8672ee2af6cec85d006bb83fa9d69c805b8cc6eabf",
                        "url_suffix": "aarch64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "f0df9428792225322e9b4344ca581f03b1740d509d6bdad33d14a810009be9ec",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "cd28f8086297b491d857a5a8118d0de3b910f785d0b465defb4ca4d3826937dc",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "1be1934e9a630ff95ab869eba85bba30d652b61b0e6bfb88aac76d0ee3892035",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-04-03",
            },
            "1.244.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "5727c2b88956447088b1f62fceea19491749e5bc2d5920bb08b9608633965b7d",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "9926b364fb7b8b42806cfdcf652ff6f7609d9317d5b05646559967a615eb677b",
                        "url_suffix": "aarch64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "c3bf279c10e8ca37262773c829efd45423b5efeeb93ba1dc17baf25d9479074c",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "3c1ed0cc86186b98f45aad0dd406cbd10e4356686fa4ed81e63463e55bcb9052",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "15a160e4ea993672d331b585d439794628a7c2bc751ec0f6fdad1e972cd179c6",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-01-06",
            },
            "1.240.0": {
                "packages": [
                    {
                        "name": "wasm-tools",
                        "sha256": "43752b3816f66041a730259ff8d0346576efaea08cf05a2923124a0b6c0ec04d",
                        "source": "crate",
                        "verified": True,
                        "version": "1.240.0",
                    },
                    {
                        "name": "wit-component",
                        "sha256": "7dc5474b078addc5fe8a72736de8da3acfb3ff324c2491133f8b59594afa1a20",
                        "source": "crate",
                        "verified": True,
                        "version": "0.240.0",
                    },
                    {
                        "name": "wit-parser",
                        "sha256": "9875ea3fa272f57cc1fc50f225a7b94021a7878c484b33792bccad0d93223439",
                        "source": "crate",
                        "verified": True,
                        "version": "0.240.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-10-08",
            },
            "1.239.0": {
                "packages": [
                    {
                        "name": "wasm-tools",
                        "sha256": "090b048e63b3c563db13323d4e68dcc01195f34dad937c9f5c93c05a52fe0a7b",
                        "source": "crate",
                        "verified": True,
                        "version": "1.239.0",
                    },
                    {
                        "name": "wit-component",
                        "sha256": "88a866b19dba2c94d706ec58c92a4c62ab63e482b4c935d2a085ac94caecb136",
                        "source": "crate",
                        "verified": True,
                        "version": "0.239.0",
                    },
                    {
                        "name": "wit-parser",
                        "sha256": "55c92c939d667b7bf0c6bf2d1f67196529758f99a2a45a3355cc56964fd5315d",
                        "source": "crate",
                        "verified": True,
                        "version": "0.239.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-09-09",
            },
        },
    },
    "wasm3": {
        "tool_name": "wasm3",
        "github_repo": "wasm3/pywasm3",
        "latest_version": "0.5.0",
        "versions": {
            "0.5.0": {
                "packages": [
                    {
                        "file": "pywasm3-0.5.0.tar.gz",
                        "name": "pywasm3",
                        "sha256": "5a47c8a39f7f6ae71b3316b2e5d86c9d0db6e771a65f09a86e4d4aa3a19aefcc",
                        "source": "pypi",
                        "verified": False,
                        "version": "0.5.0",
                    },
                ],
                "platforms": {},
            },
        },
    },
    "wasmtime": {
        "tool_name": "wasmtime",
        "github_repo": "bytecodealliance/wasmtime",
        "latest_version": "50.0.1",
        "release": {
            "asset": "wasmtime-v{version}-{url_suffix}",
            "binary": "wasmtime-v{version}-{stem}/wasmtime{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "50.0.1": {
                "packages": [
                    {
                        "name": "wasmtime",
                        "sha256": "fdfacce893df54d319b29720e79edb001cd1b48faaf78fdb3b9c608eaeeea29f",
                        "source": "crate",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "name": "wasmtime-c-api-impl",
                        "sha256": "3c24d3970786b4baecb5b6aff31759b4f361879e8d99dbd5dc36a9524a0db6e6",
                        "source": "crate",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "name": "wasmtime-cli",
                        "sha256": "74376e0d0d58018c4b658445cbea6a41fd3ffcc190768d9168ae514365cc195d",
                        "source": "crate",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "file": "wasmtime-50.0.1-py3-none-macosx_10_13_x86_64.whl",
                        "name": "wasmtime",
                        "platform": "darwin_amd64",
                        "sha256": "13fe813b922712a9e10fe0f48b2c56da06432eea4b24269bb7cd3a6b2720560b",
                        "source": "pypi",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "file": "wasmtime-50.0.1-py3-none-macosx_11_0_arm64.whl",
                        "name": "wasmtime",
                        "platform": "darwin_arm64",
                        "sha256": "ff4fc58ed3cbdb919d056accd4d280be13962a542754aaefd8a9b4654efa9bd9",
                        "source": "pypi",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "file": "wasmtime-50.0.1-py3-none-manylinux1_x86_64.whl",
                        "name": "wasmtime",
                        "platform": "linux_amd64",
                        "sha256": "cc14c3a17654e0394e0225b11813532ef0cd7bd1e222a0c5494cdedaabeddac4",
                        "source": "pypi",
                        "verified": True,
                        "version": "50.0.1",
                    },
                    {
                        "file": "wasmtime-50.0.1-py3-none-manylinux2014_aarch64.whl",
                        "name": "wasmtime",
                        "platform": "linux_arm64",
                        "sha256": "675484e525c028dc02762b777f1db4477ea70caa3fec6775426daff4d64edfb1",
                        "source": "pypi",
                        "verified": True,
                        "version": "50.0.1",
                    },
                ],
                "platforms": {},
                "release_date": "2026-10-29",
            },
            "45.0.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "2bfebcdbfa1d52a726b98a2044a2286a9034478183d2cbe0be32d0ece55e119e",
                        "url_suffix": "x86_64-macos.tar.xz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "77eca420f70b5de25e8542bddc5b9328fd35f5f0e868939e1543ea1848f28b4a",
                        "url_suffix": "aarch64-macos.tar.xz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "98c697660f052bffe5e56a8f60d1bfc6b113e25c47b58722e65dee6987e68f37",
                        "url_suffix": "x86_64-linux.tar.xz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "82450beadb52036e7f04a4e68783fb4ac131921922a5ebf924865b9480c6ddd8",
                        "url_suffix": "aarch64-linux.tar.xz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "d2732f264d8d414ab1ed1f508465711723e4a8fd211fec611428acfbc6ccfa6e",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-06-05",
            },
            "43.0.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "c6ac5b23b52cb78ea7759ce9bd33985c515f2b620b9385021e32e4f51cdc0aa7",
                        "url_suffix": "x86_64-macos.tar.xz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "c93751ee2f0ecd34c0e799c6261b06c6efeb3c35f2bdb884569ba37931144980",
                        "url_suffix": "aarch64-macos.tar.xz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "9f3cf977fc29e2ccab2d198435265b066dce3d608fc6692d700ed1b9b74c35a1",
                        "url_suffix": "x86_64-linux.tar.xz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "dbf36d4e9108df377ddfb88f2d8db4e07efce9726b68da53ae78ed5579293923",
                        "url_suffix": "aarch64-linux.tar.xz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "cb627546a9f0f2f24f3d68fce34b40f13d6b1abe4b70f3afde0038ad9fe4e6ea",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-04-09",
            },
            "39.0.1": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "d9ecdc6b423a59f09a63abe352f470d48fcd03a4d6bc0db5fcf57830f2832be6",
                        "url_suffix": "x86_64-macos.tar.xz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "3878fc98ab1fec191476ddec5d195e6d018d7fbe5376e54d2c23aedf38aa1bd2",
                        "url_suffix": "aarch64-macos.tar.xz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "b90a36125387b75db59a67a1c402f2ed9d120fa43670d218a559571e2423d925",
                        "url_suffix": "x86_64-linux.tar.xz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "bff5ebd3e6781620f40e5586f1aa221f7da98128dacf0142bfb4b25d12242274",
                        "url_suffix": "aarch64-linux.tar.xz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "bccf64b4227d178c0d13f2856be68876eae3f2f657f3a85d46f076a5e1976198",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2025-11-24",
            },
        },
    },
    "wit-bindgen": {
        "tool_name": "wit-bindgen",
        "github_repo": "bytecodealliance/wit-bindgen",
        "latest_version": "0.63.0",
        "release": {
            "asset": "wit-bindgen-{version}-{url_suffix}",
            "binary": "wit-bindgen-{version}-{stem}/wit-bindgen{exe}",
            "tag": "v{version}",
        },
        "versions": {
            "0.63.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "b85a987ab61d365382d25c7d47e26edd48941b3bf6e3fbf76eff918bc71dab06",
                        "source": "crate",
                        "verified": True,
                        "version": "0.63.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "6888d3c7a552a9a5973127d98985e887fef41b20b43500767a74a4b4cb6f36c6",
                        "source": "crate",
                        "verified": True,
                        "version": "0.63.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "84e26e13b9d972026778d2ffb7985736de116026fdc8d9464f966e12df2eb240",
                        "source": "crate",
                        "verified": True,
                        "version": "0.63.0",
                    },
                ],
                "platforms": {},
            },
            "0.62.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "53cb4b5556c3a791e86838ea287782bdafa704d55b0e68b5b81a3a16b9ea5f4b",
                        "source": "crate",
                        "verified": True,
                        "version": "0.62.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "5f4e7b1b929423682a4b97d2e289ef20d837713f623226f467f059a3ce433d0b",
                        "source": "crate",
                        "verified": True,
                        "version": "0.62.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "84ba5213d4332c260a0d4e69e34b0f7e4b85ddae10b6ebfbac00d9c185ba628a",
                        "source": "crate",
                        "verified": True,
                        "version": "0.62.0",
                    },
                ],
                "platforms": {},
            },
            "0.61.1": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "e473fd0095479f9689ac7d2a52c427cc96bb2b973ace50238dfcc1ab1cd52d93",
                        "source": "crate",
                        "verified": True,
                        "version": "0.61.1",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "4adebeba3da748d92d9616b8575d570bf2c1665775322e56abb447aa8e81919d",
                        "source": "crate",
                        "verified": True,
                        "version": "0.61.1",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "72f2fe494de0d898216caf0fd0ae76af75753fcb3ff4f465b46131537cf24cf8",
                        "source": "crate",
                        "verified": True,
                        "version": "0.61.1",
                    },
                ],
                "platforms": {},
                "release_date": "2026-08-25",
            },
            "0.60.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "a301904d6657d6364c758d869e5389d05d393b16d5b65db60b4f03cbe71bb80d",
                        "source": "crate",
                        "verified": True,
                        "version": "0.60.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "1f65d42ab3350004f02e36bf0557fb53a411ccb4c49ea56005bfdd40211c672e",
                        "source": "crate",
                        "verified": True,
                        "version": "0.60.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "3df3fe9b9a0066f82fd0c2f07f79d0ffc0f85c53fa5f998516d8722712479042",
                        "source": "crate",
                        "verified": True,
                        "version": "0.60.0",
                    },
                ],
                "platforms": {},
                "release_date": "2026-07-22",
            },
            "0.58.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "b7411c44b6cdbf1d26ecf315964f5a6d4d325ae52bdcaea8be9bca5c331704dc",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "9b058d9b3a5b927de91f8f9f4e7cbce7f4dfa9d68f744e5ec71402d2990b2d2f",
                        "url_suffix": "aarch64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "16831a7b18fed12f1b1ece26e458adb0c6c9ce0c7f3308e3f2fb7770f990a618",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "f707272f597f21eada3e4ec534fcb08cb71dad375df8e52da1eacd7da7a13334",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "f5c13bbb48067e5022972dd3e6d67b26eaf3209c2f6d2a6f6e5f6c3d15b2b806",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-06-08",
            },
            "0.55.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "e30c0203f4a493202e4fd815da7a5ef6f1c1acbe2a6ae86f78e8c1128f8b1595",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "689a26b567e7f454e83bce2288f1e765cfd5813dcbefbeaf8bf187a2aa006da1",
                        "url_suffix": "aarch64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "bd052fef97225cc7b5a0ab272e3d6abac39f1a5572b931a877aeba074de92f82",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "d5b901a78359749c2f4e73e5d3c477057dcf1d503fe07b830474dad6687003fb",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "6a19f6ae246be0302c2644fb843617da9875880526ecc51443b03eb49b2762ef",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2026-04-03",
            },
            "0.49.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "8c8186feb76352b553e3571cbce82025930a35146687afd2fd779fef0496a75d",
                        "url_suffix": "x86_64-macos.tar.gz",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "70f86d5381de89c50171bc82dd0c8bb0c15839acdb8a65994f67de324ba35cfa",
                        "url_suffix": "aarch64-macos.tar.gz",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "b4fd152a408da7a048102b599aac617cf88a2f23dd20c47143d1166569823366",
                        "url_suffix": "x86_64-linux.tar.gz",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "81a48c27604930543d6cc6bd99b71eac0654c2341a5d350baa5a85ceb58272d2",
                        "url_suffix": "aarch64-linux.tar.gz",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "d8135e07a68870b0cc0ab27a1a6209b2ddbbe56e489cfbaf80bdfd64b4ba9b7c",
                        "url_suffix": "x86_64-windows.zip",
                        "verified": False,
                    },
                },
                "release_date": "2025-12-03",
            },
            "0.47.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "a374235c3c0dff10537040b437073d09f1e38f13216b5f3cbc809c6226814e5c",
                        "source": "crate",
                        "verified": True,
                        "version": "0.47.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "f8cc0b2f4c4a7eb3bb9cf39267629f83eeae581afd01beb9e4f6d5f19b8ad693",
                        "source": "crate",
                        "verified": True,
                        "version": "0.47.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "c6d585319871ca18805056f69ddec7541770fc855820f9944029cb2b75ea108f",
                        "source": "crate",
                        "verified": True,
                        "version": "0.47.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-10-24",
            },
            "0.46.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "f17a85883d4e6d00e8a97c586de764dabcc06133f7f1d55dce5cdc070ad7fe59",
                        "source": "crate",
                        "verified": True,
                        "version": "0.46.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "1e851a437139f4fbc51c9ca2746d0f9301e5040849445e8449e1662c9297e63d",
                        "source": "crate",
                        "verified": True,
                        "version": "0.46.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "9a4232e841089fa5f3c4fc732a92e1c74e1a3958db3b12f1de5934da2027f1f4",
                        "source": "crate",
                        "verified": True,
                        "version": "0.46.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-09-10",
            },
            "0.45.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "052283831dbae3d879dc7f51f3d92703a316ca49f91540417d38591826127814",
                        "source": "crate",
                        "verified": True,
                        "version": "0.45.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "fe3c4ad31b4446976914107c9be3885ef5e20442ae91a51ea6b635ce077eb761",
                        "source": "crate",
                        "verified": True,
                        "version": "0.45.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "8e128967ed7895a41c5541bd8cd2875472caad6434e6699c1b269302a0d60b39",
                        "source": "crate",
                        "verified": True,
                        "version": "0.45.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-08-27",
            },
            "0.44.0": {
                "packages": [
                    {
                        "name": "wit-bindgen",
                        "sha256": "04bd9ed271234163b18c92783b0d406f08ca32c232e972f207a68c7b324c44bf",
                        "source": "crate",
                        "verified": True,
                        "version": "0.44.0",
                    },
                    {
                        "name": "wit-bindgen-cli",
                        "sha256": "5d8eb4d3331e6b6be4c3942a70525f268950998df5b188d4470754b84a8ccab6",
                        "source": "crate",
                        "verified": True,
                        "version": "0.44.0",
                    },
                    {
                        "name": "wit-bindgen-rust",
                        "sha256": "95d164b3b6fbd2b0dd8b639b1012110c0bc256519a0a6def410d4020fa8ae106",
                        "source": "crate",
                        "verified": True,
                        "version": "0.44.0",
                    },
                ],
                "platforms": {},
                "release_date": "2025-08-13",
            },
        },
    },
    "wit-dylib": {
        "tool_name": "wit-dylib",
        "github_repo": "bytecodealliance/wasm-tools",
        "latest_version": "0.258.3",
        "versions": {
            "0.258.3": {
                "packages": [
                    {
                        "name": "wit-dylib",
                        "sha256": "f0b55dc2a15dc44f5f1a39924a51d4e4fd15a0b1332cb030f87f9d2ff26546f0",
                        "source": "crate",
                        "verified": True,
                        "version": "0.258.3",
                    },
                ],
                "platforms": {},
                "release_date": "2026-10-02",
            },
        },
    },
    "wkg": {
        "tool_name": "wkg",
        "github_repo": "bytecodealliance/wasm-pkg-tools",
        "latest_version": "0.16.1",
        "release": {
            "asset": "wkg-{url_suffix}",
            "tag": "v{version}",
        },
        "versions": {
            "0.16.1": {
                "packages": [
                    {
                        "name": "wkg",
                        "sha256": "741d535730e0f9fd55cfb969e86bc43f6e1c8ac931975fa66c974a0cdefd9d04",
                        "source": "crate",
                        "verified": True,
                        "version": "0.16.1",
                    },
                ],
                "platforms": {},
                "release_date": "2026-08-19",
            },
            "0.15.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "b7f9c2317cd5216cb1675b91585e1a8271445c3199db602a6adf9533dd4a3be8",
                        "url_suffix": "x86_64-apple-darwin",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "a9fff923a072d44a0b1f283af19cc5f99672f1382f24c6e534cdf44037b963e5",
                        "url_suffix": "aarch64-apple-darwin",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "f685555024b87e34842dd7c76ad92b1bd0f306671115fb4b13b79c5a8fe0e6bd",
                        "url_suffix": "x86_64-unknown-linux-gnu",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "0015de3abdcf1758e46fb184ab76a578d317f79b76fbd802cc18e939d5b85a8a",
                        "url_suffix": "aarch64-unknown-linux-gnu",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "7d933c5cad3dbac162a7dc7a1c233f53081bfd1ee2be5abc72fe8b43e6159907",
                        "url_suffix": "x86_64-pc-windows-gnu",
                        "verified": False,
                    },
                },
                "release_date": "2026-02-06",
            },
            "0.13.0": {
                "platforms": {
                    "darwin_amd64": {
                        "sha256": "6e9e260d45c8873d942ea5a1640692fdf01268c4b7906b48705dadaf1726a458",
                        "url_suffix": "x86_64-apple-darwin",
                        "verified": False,
                    },
                    "darwin_arm64": {
                        "sha256": "e8abc8195201fab2769a79ca3f831c3a7830714cd9508c3d1defff348942cbc6",
                        "url_suffix": "aarch64-apple-darwin",
                        "verified": False,
                    },
                    "linux_amd64": {
                        "sha256": "59bb3bce8a0f7d150ab57cef7743fddd7932772c4df71d09072ed83acb609323",
                        "url_suffix": "x86_64-unknown-linux-gnu",
                        "verified": False,
                    },
                    "linux_arm64": {
                        "sha256": "522d400dc919f026137c97a35bccc8a7b583aa29722a8cb4f470ff39de8161a0",
                        "url_suffix": "aarch64-unknown-linux-gnu",
                        "verified": False,
                    },
                    "windows_amd64": {
                        "sha256": "fdb964cc986578778543890b19c9e96d6b8f1cbb2c1c45a6dafcf542141a59a4",
                        "url_suffix": "x86_64-pc-windows-gnu",
                        "verified": False,
                    },
                },
                "release_date": "2025-11-10",
            },
        },
    },
}
