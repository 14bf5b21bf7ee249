// The tag of the exceptions that `longjmp` throws. The one in libsetjmp is weak, and a shared library would import it.
	.hidden	__c_longjmp
	.globl	__c_longjmp
	.tagtype __c_longjmp i32
__c_longjmp:
