use bindings::test::lists::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let lines = ["a  b".to_string(), "".to_string(), "ç d e".to_string()];
        let many: Vec<Vec<u8>> = (0..1000u32)
            .map(|i| vec![i as u8; (i % 7) as usize])
            .collect();
        vec![
            format!("{:?}", transpose(&[vec![1, 2, 3], vec![], vec![4, 5]])),
            format!("{:?}", transpose(&[])),
            format!("{:?}", words(&lines)),
            format!("{:?}", bytes(&[vec![1], vec![], vec![255, 0]])),
            bytes(&many)
                .iter()
                .map(|&byte| u64::from(byte))
                .sum::<u64>()
                .to_string(),
            format!(
                "{:?}",
                depth(&[vec![vec![1, 2], vec![]], vec![], vec![vec![3]]])
            ),
        ]
    }
}

bindings::export!(User with_types_in bindings);
